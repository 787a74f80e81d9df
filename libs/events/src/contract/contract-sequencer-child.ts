import { type DocumentStore, PLATFORM } from "@slipway/documents";
import { silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { createEmbeddedEventBus } from "../embedded.ts";
import { Numbering } from "../numbering.ts";
import { createSequencer } from "../sequencer.ts";
import { changeOf, openDatabase, record } from "./contract-sample.ts";

/**
 * The other process of the fault tests. `work`: records changes and numbers them until it is killed; tells the parent
 * the subject of each change that was acknowledged. `freeze`: stops itself like SIGSTOP from outside would, between
 * reading the lease and the commit, and tells what became of the commit once it goes on.
 */

const [mode, folder = "", name = ""] = process.argv.slice(2);
const database = await openDatabase(folder);
const tell = (message: unknown): void => void process.send?.(message);

if (mode === "work") await work();
else tell(await freeze());

async function work(): Promise<void> {
  const bus = createEmbeddedEventBus({ log: silentLogger });
  const sequencer = createSequencer({
    ...database,
    bus,
    clock: systemClock,
    ids: systemIds,
    log: silentLogger,
    leaseMs: 200,
  });
  sequencer.start();
  for (let index = 0; ; index += 1) {
    const change = changeOf(index, `${name}-${index}`);
    await record(database, change);
    sequencer.notify();
    tell(change.subject);
  }
}

async function freeze(): Promise<unknown> {
  const documents: DocumentStore = {
    ...methodsOf(database.documents),
    commit: (writes, commitId) => {
      if (writes.some(({ key }) => key.tenant === PLATFORM)) process.kill(process.pid, "SIGSTOP");
      return database.documents.commit(writes, commitId);
    },
  };
  const own = { clock: systemClock, ids: systemIds, holder: systemIds.uid(), leaseMs: 200 };
  const { result } = await new Numbering({ ...own, documents, acrossTenants: database.acrossTenants }).next();
  await database.documents.close();
  return result;
}

function methodsOf(store: DocumentStore): DocumentStore {
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    query: (query) => store.query(query),
    count: (query, cap) => store.count(query, cap),
    commit: (writes, commitId) => store.commit(writes, commitId),
    close: () => store.close(),
  };
}
