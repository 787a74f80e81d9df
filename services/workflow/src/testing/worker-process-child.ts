import type { DocumentStore, Write } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import { createEmbeddedEventBus } from "@slipway/events/embedded";
import { createGrpcTransport } from "@slipway/rpc";
import { type Logger, silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { createWorkflowApp, workflowCollections } from "../app.ts";
import { runsCollection } from "../runs/run-store.ts";
import { as, service } from "./tenants.ts";
import type { WorkerOrder } from "./worker-process.ts";

/** The other process of the fault tests, see worker-process.ts. */

const order = JSON.parse(process.argv[2] ?? "{}") as WorkerOrder;
const tell = (message: object): void => void process.send?.(message);
const note = (_: object, log: string) => tell({ log });
const log: Logger = { ...silentLogger, child: () => log, warn: note, error: note };

const store = await openSqliteDocuments({ path: order.path, collections: workflowCollections, clock: systemClock });
const peers = as(service, createGrpcTransport({ url: order.peersUrl }));
const app = createWorkflowApp({
  ...store,
  documents: watched(store.documents),
  ...{ bus: createEmbeddedEventBus({ log }), clock: systemClock, ids: systemIds, log },
  transports: { metadata: peers, artifact: peers },
  settings: order.settings,
});
await app.start();
tell({ log: "ready" });

/** The same store; it tells of each commit of a run, and freezes the process right before the ordered one. */
function watched(documents: DocumentStore): DocumentStore {
  let left = order.freezeBefore?.nth ?? 1;
  const underWay = new Set<Promise<unknown>>();
  const commit: DocumentStore["commit"] = (writes, commitId) => {
    const outcome = documents.commit(writes, commitId);
    const settled: Promise<unknown> = Promise.allSettled([outcome]).then(() => underWay.delete(settled));
    underWay.add(settled);
    return outcome;
  };
  return {
    get: (key) => documents.get(key),
    getMany: (keys) => documents.getMany(keys),
    query: (query) => documents.query(query),
    count: (query, cap) => documents.count(query, cap),
    commit: async (writes, commitId) => {
      if (!writes.some(({ key }) => key.collection === runsCollection.name)) return commit(writes, commitId);
      if (writes.some(isOrdered)) left -= 1;
      const freezes = left === 0;
      if (freezes) {
        left = -1;
        // A process that stops while it holds the database's lock would stop everybody.
        while (underWay.size > 0) await Promise.all(underWay);
        process.kill(process.pid, "SIGSTOP");
      }
      const outcome = await commit(writes, commitId);
      if (freezes) tell({ lateWrite: outcome.committed ? "COMMITTED" : outcome.reason });
      return outcome;
    },
    close: () => documents.close(),
  };
}

function isOrdered(write: Write): boolean {
  if (write.kind !== "replace" || write.key.collection !== runsCollection.name) return false;
  const { steps = [] } = write.body.resource as { steps?: { id: string; state: string }[] };
  return steps.some(({ id, state }) => id === order.freezeBefore?.step && state === order.freezeBefore.state);
}
