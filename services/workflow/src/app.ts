import type { AcrossTenants, CollectionDefinition, DocumentStore } from "@slipway/documents";
import {
  consumersCollection,
  createEventService,
  createSequencer,
  type EventBus,
  type EventSource,
  eventsCollection,
  notifyingDocuments,
  remoteEvents,
  type Subscription,
  sequencerCollection,
} from "@slipway/events";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { EventService as MetadataEventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { EventService } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { requestsCollection } from "@slipway/resources";
import { type Binding, bind, createClient, type Transport } from "@slipway/rpc";
import { BackgroundLoop, type Clock, type Ids, type Logger } from "@slipway/runtime";
import { removeLapsedRequests } from "./across-tenants.ts";
import { createDueRunSweeper } from "./engine/due-run-sweeper.ts";
import { ParallelWorker } from "./engine/parallel-worker.ts";
import { RunStarter } from "./engine/run-starter-worker.ts";
import { FinishValidationExecutor } from "./executors/finish-validation-executor.ts";
import { HttpExecutor } from "./executors/http-executor.ts";
import { InspectExecutor } from "./executors/inspect-executor.ts";
import { ProofExecutor } from "./executors/proof-executor.ts";
import { ReportCheckExecutor } from "./executors/report-check-executor.ts";
import { RunChanges } from "./runs/run-changes.ts";
import { bindRunService } from "./runs/run-service.ts";
import { RunStore, runsCollection } from "./runs/run-store.ts";
import { VersionClient } from "./runs/version-client.ts";
import { TriggerCatalog } from "./triggers/trigger-catalog.ts";
import { createTriggerConsumer } from "./triggers/trigger-consumer.ts";
import { DefinitionStore, definitionsCollection } from "./workflows/definition-store.ts";
import { TRIGGER_EVENT_TYPES } from "./workflows/event-types.ts";
import { bindWorkflowService } from "./workflows/workflow-service.ts";
import {
  WorkflowStore,
  workflowNamesCollection,
  workflowSetsCollection,
  workflowsCollection,
} from "./workflows/workflow-store.ts";

/** Everything that the service's database holds. */
export const workflowCollections: CollectionDefinition[] = [
  consumersCollection,
  definitionsCollection,
  eventsCollection,
  requestsCollection,
  runsCollection,
  sequencerCollection,
  workflowNamesCollection,
  workflowSetsCollection,
  workflowsCollection,
];

/** How often lapsed request ids are removed. */
const REMOVE_LAPSED_EVERY_MS = 10 * 60 * 1000;

export interface WorkflowSettings {
  /** How many steps run at once in this process. Default 8; 0: events start no runs here and no run goes on, both wait. */
  workers?: number;
  /** Whether `http` steps may call addresses that are not public. Default false. */
  allowPrivateHttp?: boolean;
  /** How long a worker that is gone keeps others from its step, in milliseconds. Default 15,000. */
  leaseMs?: number;
  /** How often due runs of other processes are looked for, in milliseconds. Default 1,000. */
  sweepMs?: number;
  /** How often the events of other services are looked for without a wake, in milliseconds. Default 3,000. */
  eventPollMs?: number;
  /** How long steps may go on after `stop`, in milliseconds. Default 2,000. */
  drainMs?: number;
}

export interface WorkflowAppOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  bus: EventBus;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** Gives [0, 1) for the jitter of retries. Default Math.random. */
  random?: () => number;
  /** With the service's credential in the headers. */
  transports: { metadata: Transport; artifact: Transport };
  /** Where the events of other services are read. Default: by calls over the transports. */
  events?: { metadata: EventSource; artifact: EventSource };
  settings: WorkflowSettings;
}

export interface WorkflowApp {
  bindings: Binding[];
  start(): Promise<void>;
  /** Gives steps that run back to the database and ends; the ports are closed by whoever opened them. */
  stop(): Promise<void>;
  /** What the service waits for, in words. */
  notReady(): string[];
}

/** Puts the service together. */
export function createWorkflowApp(options: WorkflowAppOptions): WorkflowApp {
  const { acrossTenants, bus, clock, ids, log, transports, random = Math.random } = options;
  const { workers: workerCount = 8, allowPrivateHttp = false } = options.settings;
  const { leaseMs = 15_000, sweepMs = 1_000, eventPollMs = 3_000, drainMs = 2_000 } = options.settings;
  const sequencer = createSequencer({ documents: options.documents, acrossTenants, bus, clock, ids, log });
  const documents = notifyingDocuments(options.documents, () => sequencer.notify());
  const ports = { documents, clock, ids };

  const changes = new RunChanges();
  const runs = new RunStore({ ...ports, changes });
  const workflows = new WorkflowStore(ports);
  const definitions = new DefinitionStore(ports);
  const artifacts = createClient(ArtifactService, transports.artifact);
  const versions = createClient(VersionService, transports.metadata);
  const executors = {
    proof: new ProofExecutor(artifacts, clock),
    inspect: new InspectExecutor(artifacts),
    finishValidation: new FinishValidationExecutor(versions),
    http: new HttpExecutor({ allowPrivateHttp }),
    reportCheck: new ReportCheckExecutor(createClient(StageService, transports.metadata)),
  };

  const owner = ids.uid();
  const engine = { runs, definitions, changes, executors, clock, log, random, owner, leaseMs };
  const workers = new ParallelWorker({ ...engine, workers: workerCount });
  const sweeper = createDueRunSweeper({ acrossTenants, workers, clock, log, sweepMs });
  const starter = new RunStarter({ runs, definitions, workers, clock });
  const lapsed = new BackgroundLoop({
    name: "lapsed request ids",
    step: async () => ((await removeLapsedRequests(documents, acrossTenants, clock, ids)) > 0 ? "MORE" : "IDLE"),
    pollMs: REMOVE_LAPSED_EVERY_MS,
    retry: { firstMs: 1_000, longestMs: REMOVE_LAPSED_EVERY_MS },
    log,
  });

  const catalog = new TriggerCatalog(workflows, ({ name }, { id, tenant }, error) =>
    log.warn(
      { workflow: name, tenant, event: id, err: error },
      "a filter failed on an event, which counts as not fitting",
    ),
  );
  const remote = {
    metadata: remoteEvents("metadata", createClient(MetadataEventService, transports.metadata)),
    artifact: remoteEvents("artifact", createClient(ArtifactEventService, transports.artifact)),
  };
  const { metadata, artifact } = options.events ?? remote;
  const consumers = [metadata, artifact].map((source) =>
    createTriggerConsumer({
      source,
      types: TRIGGER_EVENT_TYPES.filter((type) => type.startsWith("slipway.artifact.") === (source === artifact)),
      pollMs: eventPollMs,
      ...{ catalog, starter, documents, bus, clock, ids, log },
    }),
  );

  const bindings = [
    bindWorkflowService({ workflows, replies: ports, clock, ids }),
    bindRunService({
      runs,
      workflows,
      definitions,
      versions: new VersionClient(versions),
      starter,
      changes,
      replies: ports,
      clock,
      ids,
    }),
    bind(EventService, createEventService({ documents, acrossTenants, bus })),
  ];
  let runEvents: Subscription | undefined;
  return {
    bindings,
    start: async () => {
      sequencer.start();
      if (workerCount > 0) {
        // What another process has started or given back.
        runEvents = bus.subscribe(["run"], () => sweeper.wake());
        sweeper.start();
        for (const consumer of consumers) consumer.start();
      }
      lapsed.start();
    },
    stop: async () => {
      runEvents?.cancel();
      await Promise.all([...consumers.map((consumer) => consumer.stop()), sweeper.stop(), lapsed.stop()]);
      await workers.stop(drainMs);
      await sequencer.stop();
    },
    notReady: () => [],
  };
}
