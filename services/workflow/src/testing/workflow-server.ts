import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLATFORM, type Write } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import { consumersCollection } from "@slipway/events";
import { createEmbeddedEventBus } from "@slipway/events/embedded";
import { EventService } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { type Run, RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { RunService } from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { WorkflowService } from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";
import { storeErrors } from "@slipway/resources";
import { type Caller, createAccessInterceptor, createClient, createInProcessTransport } from "@slipway/rpc";
import { type Logger, silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { createWorkflowApp, type WorkflowSettings, workflowCollections } from "../app.ts";
import { type Peers, startPeers } from "./peers.ts";
import { acme, as, CALLER_HEADER, service } from "./tenants.ts";

export interface WorkflowServer {
  peers: Peers;
  /** Of the service's database. */
  path: string;
  as(caller?: Caller): ReturnType<typeof clientsOf>;
  /** The run once it has ended. */
  ended(name: string): Promise<Run>;
  /** Ends the service and starts it again on the same database, maybe with other settings. */
  restart(settings?: WorkflowSettings): Promise<void>;
  /** Makes every event come again, as after the loss of what consumers remember; restarts. */
  forgetProgress(): Promise<void>;
  close(): Promise<void>;
}

export const interceptors = [
  createAccessInterceptor(async (headers) => JSON.parse(headers.get(CALLER_HEADER) ?? "null") as Caller),
  storeErrors,
];

/**
 * The workflow service over the in-process transport, on a real database in a folder of its own. SERVE_ONLY: it answers
 * calls and leaves sequencer, triggers and runs to other processes.
 */
export async function startWorkflow(
  settings: WorkflowSettings = {},
  log: Logger = silentLogger,
  does: "EVERYTHING" | "SERVE_ONLY" = "EVERYTHING",
): Promise<WorkflowServer> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-workflow-"));
  const path = join(folder, "workflow.sqlite");
  const bus = createEmbeddedEventBus({ log });
  const peers = await startPeers(join(folder, "metadata.sqlite"), bus);
  const peer = as(service, createInProcessTransport({ bindings: peers.bindings, interceptors, log }));

  const begin = async (own: WorkflowSettings) => {
    const store = await openSqliteDocuments({ path, collections: workflowCollections, clock: systemClock });
    const app = createWorkflowApp({
      ...store,
      ...{ bus, clock: systemClock, ids: systemIds, log },
      transports: { metadata: peer, artifact: peer },
      settings: { allowPrivateHttp: true, ...own },
    });
    const transport = createInProcessTransport({ bindings: app.bindings, interceptors, log });
    if (does === "EVERYTHING") await app.start();
    return {
      transport,
      close: async () => {
        transport.close();
        await app.stop();
        await store.documents.close();
      },
    };
  };

  let running = await begin(settings);
  const server: WorkflowServer = {
    peers,
    path,
    as: (caller = acme) => clientsOf(as(caller, running.transport)),
    ended: async (name) => {
      for await (const { run } of server.as().runs.watchRun({ name })) {
        if (run !== undefined && run.state > RunState.RUNNING) return run;
      }
      throw new Error(`${name} was not watched to its end`);
    },
    restart: async (own = settings) => {
      await running.close();
      running = await begin(own);
    },
    forgetProgress: async () => {
      await running.close();
      const { documents } = await openSqliteDocuments({ path, collections: workflowCollections, clock: systemClock });
      const { documents: kept } = await documents.query({
        tenant: PLATFORM,
        collection: consumersCollection.name,
        limit: 10,
      });
      const deletes = kept.map(({ key, revision }): Write => ({ kind: "delete", key, revision }));
      await documents.commit(deletes, systemIds.uid());
      await documents.close();
      running = await begin(settings);
    },
    close: async () => {
      await running.close();
      await peers.close();
      peer.close();
      await bus.close();
      await rm(folder, { recursive: true });
    },
  };
  return server;
}

function clientsOf(transport: Parameters<typeof createClient>[1]) {
  return {
    workflows: createClient(WorkflowService, transport),
    runs: createClient(RunService, transport),
    events: createClient(EventService, transport),
  };
}
