import { createHashPool } from "@slipway/chunking";
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
  sequencerCollection,
} from "@slipway/events";
import { EventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { EventService as MetadataEventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import type { ObjectStore } from "@slipway/objects";
import { removeLapsedRequests, requestsCollection } from "@slipway/resources";
import { type Binding, bind, createClient, type Transport } from "@slipway/rpc";
import { BackgroundLoop, type Clock, type Ids, type Logger } from "@slipway/runtime";
import { DownloadAccessClient } from "./access/download-access-client.ts";
import { endedUploads, tenantsToCollect } from "./across-tenants.ts";
import { ArtifactBytesWorker } from "./artifacts/artifact-bytes-worker.ts";
import { bindArtifactService } from "./artifacts/artifact-service.ts";
import { ArtifactStore, artifactPagesCollection, artifactsCollection } from "./artifacts/artifact-store.ts";
import { CompletionWorker } from "./artifacts/completion-worker.ts";
import { ReadableArtifacts } from "./artifacts/readable-artifacts-worker.ts";
import { ChunkStore, chunksCollection } from "./chunks/chunk-store.ts";
import { CollectionRounds } from "./collection/collection-round-worker.ts";
import { CollectionStateStore, collectionStatesCollection } from "./collection/collection-state-store.ts";
import { CollectionTaskStore, collectionTasksCollection } from "./collection/collection-task-store.ts";
import { CollectionTasks } from "./collection/collection-tasks-worker.ts";
import { ExpiredArtifacts } from "./collection/expired-artifacts-worker.ts";
import { GarbageCollector } from "./collection/garbage-collector.ts";
import { GarbageEstimate } from "./collection/garbage-estimate-worker.ts";
import { UnusedChunks } from "./collection/unused-chunks-worker.ts";
import { UnusedRecipes } from "./collection/unused-recipes-worker.ts";
import { FileIntakeWorker } from "./files/file-intake-worker.ts";
import { KnownFilesWorker } from "./files/known-files-worker.ts";
import { UploadedFileStore, uploadedFilesCollection } from "./files/uploaded-file-store.ts";
import { InspectionStore, inspectionsCollection } from "./inspection/inspection-store.ts";
import { InspectionWorker } from "./inspection/inspection-worker.ts";
import { RecipeStore, recipePagesCollection, recipesCollection } from "./recipes/recipe-store.ts";
import { ClaimsWorker } from "./references/claims-worker.ts";
import { bindReferenceService } from "./references/reference-service.ts";
import { ReferenceStore, referencesCollection } from "./references/reference-store.ts";
import { createVersionEvents } from "./references/version-events-consumer.ts";
import { bindUploadService } from "./uploads/upload-service.ts";
import { UploadStore, uploadsCollection } from "./uploads/upload-store.ts";
import { UploadSweeper } from "./uploads/upload-sweeper.ts";

/** Everything that the service's database holds. */
export const artifactCollections: CollectionDefinition[] = [
  artifactPagesCollection,
  artifactsCollection,
  chunksCollection,
  collectionStatesCollection,
  collectionTasksCollection,
  consumersCollection,
  eventsCollection,
  inspectionsCollection,
  recipePagesCollection,
  recipesCollection,
  referencesCollection,
  requestsCollection,
  sequencerCollection,
  uploadedFilesCollection,
  uploadsCollection,
];

/** How often uploads that ended and lapsed request ids are removed. */
const SWEEP_EVERY_MS = 10 * 60 * 1000;

export interface ArtifactAppOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  objects: ObjectStore;
  bus: EventBus;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** With the service's credential in the headers. */
  transports: { metadata: Transport };
  /** Where the events of other services are read. Default: by calls over the transports. */
  events?: { metadata: EventSource };
  settings: {
    /** How often to look for what nobody needs any more, in milliseconds; 0: only when asked. */
    collectEveryMs: number;
  };
}

export interface ArtifactApp {
  bindings: Binding[];
  start(): Promise<void>;
  /** Ends the background work; the ports are closed by whoever opened them. */
  stop(): Promise<void>;
  /** Removes what has ended, one bounded pass; also done now and then while it runs. Returns how much went. */
  sweep(): Promise<number>;
  /** What the service waits for, in words. */
  notReady(): string[];
}

/** Puts the service together. */
export function createArtifactApp(options: ArtifactAppOptions): ArtifactApp {
  const { acrossTenants, bus, clock, ids, log, objects, transports } = options;
  const sequencer = createSequencer({ documents: options.documents, acrossTenants, bus, clock, ids, log });
  const documents = notifyingDocuments(options.documents, () => sequencer.notify());
  const ports = { documents, clock, ids };

  const hashing = createHashPool();
  const chunks = new ChunkStore({ ...ports, objects, hashing });
  const recipes = new RecipeStore(ports);
  const uploads = new UploadStore(ports);
  const files = new UploadedFileStore({ documents });
  const artifacts = new ArtifactStore({ documents });
  const references = new ReferenceStore(ports);
  const bytes = new ArtifactBytesWorker(recipes, chunks);
  const claims = new ClaimsWorker(ports, artifacts, references);
  const inspections = new InspectionStore(ports);
  const epochs = new CollectionStateStore({ documents });
  const tasks = new CollectionTaskStore(ports);

  const uploadService = bindUploadService({
    ports,
    uploads,
    epochs,
    files,
    knownFiles: new KnownFilesWorker(ports, uploads, files, recipes),
    intake: new FileIntakeWorker({ ...ports, uploads, files, recipes, chunks, hashing, tasks }),
    completion: new CompletionWorker({ ...ports, uploads, files, artifacts, references, bytes }),
  });
  const eventService = bind(EventService, createEventService({ documents, acrossTenants, bus }));

  const remote = { metadata: remoteEvents("metadata", createClient(MetadataEventService, transports.metadata)) };
  const { metadata: source } = options.events ?? remote;
  const versionEvents = createVersionEvents({
    claims,
    source,
    documents,
    bus,
    ids,
    log,
  });
  const ended = (nowMs: number, limit: number) => endedUploads(acrossTenants, nowMs, limit);
  const sweeper = new UploadSweeper({ ...ports, uploads, files, recipes, artifacts, tasks, ended });
  const sweep = async () =>
    (await sweeper.sweep()) + (await removeLapsedRequests(documents, acrossTenants, clock, ids));
  const sweeps = new BackgroundLoop({
    name: "ended uploads and lapsed request ids",
    step: async () => ((await sweep()) > 0 ? "MORE" : "IDLE"),
    pollMs: SWEEP_EVERY_MS,
    retry: { firstMs: 1_000, longestMs: SWEEP_EVERY_MS },
    log,
  });

  const expired = new ExpiredArtifacts({ ...ports, log, artifacts, references, tasks });
  const unusedRecipes = new UnusedRecipes({ ...ports, artifacts, files, recipes, tasks });
  const unusedChunks = new UnusedChunks({ ...ports, chunks, recipes, tasks });
  const unused = { unusedRecipes, unusedChunks };
  const collector = new GarbageCollector({
    ...ports,
    ...unused,
    log,
    states: epochs,
    uploads,
    sweeper,
    expired,
    work: new CollectionTasks({ ...ports, ...unused, objects, artifacts, inspections, recipes, tasks }),
    rounds: new CollectionRounds({ ...ports, ...unused, objects, recipes, chunks }),
    knowsEveryVersion: (signal) => versionEvents.areHeeded(signal),
    tenantsToCollect: (nowMs) => tenantsToCollect(acrossTenants, nowMs),
  });
  const { collectEveryMs } = options.settings;
  const collections = new BackgroundLoop({
    name: "collection of what nobody needs",
    step: async (stopping) => ((await collector.pass(stopping)) ? "MORE" : "IDLE"),
    pollMs: collectEveryMs,
    retry: { firstMs: 1_000, longestMs: Math.max(collectEveryMs, 1_000) },
    log,
  });

  const artifactService = bindArtifactService({
    artifacts,
    references,
    bytes,
    inspections: new InspectionWorker(artifacts, bytes, inspections),
    readable: new ReadableArtifacts(artifacts, new DownloadAccessClient(transports.metadata, clock)),
    collector,
    estimate: new GarbageEstimate({ ...ports, artifacts, references, files, recipes, chunks }),
  });
  return {
    bindings: [uploadService, artifactService, bindReferenceService(claims, references), eventService],
    start: async () => {
      sequencer.start();
      versionEvents.consumer.start();
      sweeps.start();
      if (collectEveryMs > 0) collections.start();
    },
    stop: async () => {
      await versionEvents.consumer.stop();
      await sweeps.stop();
      await collections.stop();
      await sequencer.stop();
      await hashing.close();
    },
    sweep,
    notReady: () => [],
  };
}
