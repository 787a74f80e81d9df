import { join } from "node:path";
import { artifactCollections, createArtifactApp } from "@slipway/artifact";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import { createEmbeddedEventBus } from "@slipway/events/embedded";
import { createMetadataApp, metadataCollections } from "@slipway/metadata";
import { openFileObjects } from "@slipway/objects/filesystem";
import { storeErrors } from "@slipway/resources";
import {
  type Binding,
  createAccessInterceptor,
  createInProcessTransport,
  type Interceptor,
  logCalls,
} from "@slipway/rpc";
import { type Logger, systemClock, systemIds } from "@slipway/runtime";
import { createWorkflowApp, workflowCollections } from "@slipway/workflow";
import { LateTransport } from "./late-transport.ts";
import { withHeaders } from "./with-headers.ts";

export interface CompositionSettings {
  /** Folder of the three databases. */
  documentsFolder: string;
  /** Folder of the objects. */
  objectsFolder: string;
  /** No keys are asked for. */
  open: boolean;
  /** The key that the server begins with; keys mode only. */
  bootstrapKey: string | undefined;
  /** What the services show each other. */
  serviceKey: string;
  /** Prefix of access URLs. */
  publicUrl: string;
  serverVersion: string;
  /** Where clients reach the services; asked when the server listens. */
  endpoint(): string;
  /** How many steps of workflows run at once; 0 pauses them. */
  workers: number;
  /** Whether `http` steps may reach addresses that are not public. */
  allowPrivateHttp: boolean;
}

/** The largest message that the upload service takes: 4 MiB of bytes and its frame (design §6). */
export const MAX_RECEIVE_BYTES = 4 * 1024 * 1024 + 64 * 1024;

/** The three services with their embedded engines in one process. */
export interface Composition {
  bindings: Binding[];
  interceptors: Interceptor[];
  start(): Promise<void>;
  /** What it waits for, in words; empty when everything serves. */
  notReady(): string[];
  /** Finishes what runs and closes the engines. Stop serving first. */
  stop(): Promise<void>;
}

export async function compose(settings: CompositionSettings, log: Logger): Promise<Composition> {
  const clock = systemClock;
  const ids = systemIds;
  const open = (name: string, collections: Parameters<typeof openSqliteDocuments>[0]["collections"]) =>
    openSqliteDocuments({ path: join(settings.documentsFolder, `${name}.sqlite`), collections, clock });
  const [metadataStore, artifactStore, workflowStore, objects] = await Promise.all([
    open("metadata", metadataCollections),
    open("artifact", artifactCollections),
    open("workflow", workflowCollections),
    openFileObjects({ folder: settings.objectsFolder, clock, ids }),
  ]);
  const bus = createEmbeddedEventBus({ log });
  const late = new LateTransport();
  const transport = withHeaders(late, { authorization: `Bearer ${settings.serviceKey}` });
  const transports = { metadata: transport, artifact: transport, workflow: transport };

  const metadata = createMetadataApp({
    ...metadataStore,
    bus,
    clock,
    ids,
    log: log.child({ service: "metadata" }),
    transports,
    settings: {
      publicUrl: settings.publicUrl,
      open: settings.open,
      serviceKey: settings.serviceKey,
      bootstrapKey: settings.bootstrapKey,
      serverVersion: settings.serverVersion,
      endpoints: () => ({
        metadata: settings.endpoint(),
        artifact: settings.endpoint(),
        workflow: settings.endpoint(),
      }),
    },
  });
  const artifact = createArtifactApp({
    ...artifactStore,
    objects,
    bus,
    clock,
    ids,
    log: log.child({ service: "artifact" }),
    transports,
    settings: {},
  });
  const workflow = createWorkflowApp({
    ...workflowStore,
    bus,
    clock,
    ids,
    log: log.child({ service: "workflow" }),
    transports,
    settings: { workers: settings.workers, allowPrivateHttp: settings.allowPrivateHttp },
  });
  const apps = [metadata, artifact, workflow];
  const bindings = apps.flatMap((app) => app.bindings);
  const access = createAccessInterceptor(metadata.authenticate);
  const interceptors = [access, storeErrors];
  late.lead(createInProcessTransport({ bindings, interceptors, log, maxReceiveBytes: MAX_RECEIVE_BYTES }));

  return {
    bindings,
    interceptors: [logCalls, ...interceptors],
    start: async () => {
      for (const app of apps) await app.start();
    },
    notReady: () => apps.flatMap((app) => app.notReady()),
    stop: async () => {
      for (const app of apps.toReversed()) await app.stop();
      late.close();
      await bus.close();
      await Promise.all([metadataStore, artifactStore, workflowStore].map(({ documents }) => documents.close()));
      await objects.close();
    },
  };
}
