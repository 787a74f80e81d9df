import type { AcrossTenants, CollectionDefinition, DocumentStore } from "@slipway/documents";
import type { EventBus } from "@slipway/events";
import type { ObjectStore } from "@slipway/objects";
import { storeErrors } from "@slipway/resources";
import {
  type Authenticate,
  createAccessInterceptor,
  createAuthenticator,
  remoteLookUp,
  type Transport,
} from "@slipway/rpc";
import {
  type Clock,
  type Ids,
  type Lifecycle,
  type Logger,
  readServiceConfiguration,
  type ServiceConfiguration,
  type ServiceName,
  systemClock,
  systemIds,
} from "@slipway/runtime";
import { checkBootstrapKey } from "./bootstrap-key.ts";
import { Engines } from "./engines.ts";
import { hostApp } from "./host-app.ts";
import type { HostedApp } from "./hosted-app.ts";
import { connectPeers } from "./peers.ts";
import { SERVER_VERSION } from "./release.ts";
import { runProcess, runUntilStopped } from "./run-process.ts";
import { readTlsMaterial, type TlsMaterial } from "./tls-material.ts";

/** What a service is made of: its ports, and the other services. */
export interface ServicePorts {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  bus: EventBus;
  clock: Clock;
  ids: Ids;
  log: Logger;
  transports: Readonly<Record<ServiceName, Transport>>;
}

export interface ServiceParts {
  service: ServiceName;
  collections: CollectionDefinition[];
  /**
   * Puts the service together. `openObjects` is for the service that stores bytes. Metadata brings its own `authenticate`;
   * the others ask it.
   */
  create(
    ports: ServicePorts,
    configuration: ServiceConfiguration,
    openObjects: () => Promise<ObjectStore>,
  ): Promise<HostedApp & { authenticate?: Authenticate }>;
}

/** The whole program of a service that runs alone: reads the environment, serves until it is told to end, and exits. */
export function runService(parts: ServiceParts): Promise<never> {
  const { service } = parts;
  return runProcess(async () => {
    const configuration = readServiceConfiguration(process.env, service);
    if (configuration.bootstrapKey !== undefined) checkBootstrapKey(configuration.bootstrapKey);
    const tls = configuration.tls === undefined ? undefined : readTlsMaterial(configuration.tls, systemClock);
    const start = (lifecycle: Lifecycle, log: Logger) => startService(parts, configuration, { tls, lifecycle, log });
    await runUntilStopped(configuration, process.stderr, start, { service });
  });
}

interface Surroundings {
  tls: TlsMaterial | undefined;
  lifecycle: Lifecycle;
  log: Logger;
}

async function startService(
  { service, collections, create }: ServiceParts,
  configuration: ServiceConfiguration,
  { tls, lifecycle, log }: Surroundings,
): Promise<void> {
  const engines = new Engines(configuration, log);
  lifecycle.add("engines", { close: () => engines.close() });
  const peers = connectPeers(configuration, tls, systemClock);
  lifecycle.add("other services", { close: () => peers.close() });
  const database = await engines.openDocuments(service, collections);
  const bus = await engines.openEventBus();
  const { transports } = peers;
  const ports = { ...database, bus, clock: systemClock, ids: systemIds, log, transports };
  const app = await create(ports, configuration, () => engines.openObjects());
  const authenticate = app.authenticate ?? askMetadata(configuration, transports.metadata);
  const { url, healthUrl } = await hostApp({
    configuration,
    app: { ...app, interceptors: [storeErrors, createAccessInterceptor(authenticate)] },
    finders: [() => engines.find(), () => peers.find()],
    tls,
    anyHealthPort: configuration.anyHealthPort,
    onListening: () => undefined,
    lifecycle,
    log,
  });
  log.info({ url, healthUrl, version: SERVER_VERSION, auth: configuration.auth }, "listening");
  const health = healthUrl === undefined ? "" : `, ${healthUrl}`;
  process.stdout.write(`Slipway ${SERVER_VERSION}, ${service} alone: ${url} (gRPC)${health}\n`);
}

function askMetadata({ auth, serviceKey }: ServiceConfiguration, metadata: Transport): Authenticate {
  return createAuthenticator({ open: auth === "open", serviceKey, lookUp: remoteLookUp(metadata), clock: systemClock });
}
