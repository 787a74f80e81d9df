import { createArtifactApp } from "@slipway/artifact";
import { EventReader, type EventSource, ownEvents } from "@slipway/events";
import { type Database, MAX_RECEIVE_BYTES, type ServedApp } from "@slipway/hosting";
import { createMetadataApp } from "@slipway/metadata";
import { storeErrors } from "@slipway/resources";
import { createAccessInterceptor, createInProcessTransport } from "@slipway/rpc";
import { type Clock, type Logger, type ServiceUrls, systemClock, systemIds } from "@slipway/runtime";
import { createWorkflowApp } from "@slipway/workflow";
import type { Engines } from "./engines.ts";
import { LateTransport } from "./late-transport.ts";
import { withHeaders } from "./with-headers.ts";

export interface CompositionSettings {
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
  endpoints(): ServiceUrls;
  /** How many steps of workflows run at once; 0 pauses them. */
  workers: number;
  /** How often the artifact service looks for what nobody needs any more; 0: only when asked. */
  collectMinutes: number;
  /** Whether `http` steps may reach addresses that are not public. */
  allowPrivateHttp: boolean;
  /** What time it is for the services. Default: the system's clock. */
  clock?: Clock;
}

/** Puts the three services together on their engines. */
export function compose(engines: Engines, settings: CompositionSettings, log: Logger): ServedApp {
  const { objects, bus } = engines;
  const shared = { bus, clock: settings.clock ?? systemClock, ids: systemIds };
  const late = new LateTransport();
  const transport = withHeaders(late, { authorization: `Bearer ${settings.serviceKey}` });
  const transports = { metadata: transport, artifact: transport, workflow: transport };
  // Within one process events need not travel as messages: writing and reading those costs more than all else of a page.
  const events = { metadata: eventsOf("metadata", engines.metadata), artifact: eventsOf("artifact", engines.artifact) };

  const metadata = createMetadataApp({
    ...engines.metadata,
    ...shared,
    log: log.child({ service: "metadata" }),
    transports,
    settings: {
      publicUrl: settings.publicUrl,
      open: settings.open,
      serviceKey: settings.serviceKey,
      bootstrapKey: settings.bootstrapKey,
      serverVersion: settings.serverVersion,
      endpoints: () => settings.endpoints(),
    },
  });
  const artifact = createArtifactApp({
    ...engines.artifact,
    ...shared,
    objects,
    log: log.child({ service: "artifact" }),
    transports,
    events,
    settings: { collectEveryMs: settings.collectMinutes * 60_000 },
  });
  const workflow = createWorkflowApp({
    ...engines.workflow,
    ...shared,
    log: log.child({ service: "workflow" }),
    transports,
    events,
    settings: { workers: settings.workers, allowPrivateHttp: settings.allowPrivateHttp },
  });
  const apps = [metadata, artifact, workflow];
  const bindings = apps.flatMap((app) => app.bindings);
  const access = createAccessInterceptor(metadata.authenticate);
  const interceptors = [storeErrors, access];
  late.lead(createInProcessTransport({ bindings, interceptors, log, maxReceiveBytes: MAX_RECEIVE_BYTES }));

  return {
    bindings,
    interceptors,
    start: async () => {
      for (const app of apps) await app.start();
    },
    notReady: () => apps.flatMap((app) => app.notReady()),
    stop: async () => {
      const stopped: PromiseSettledResult<void>[] = [];
      for (const app of apps.toReversed()) stopped.push(...(await Promise.allSettled([app.stop()])));
      late.close();
      const errors = stopped.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new AggregateError(errors, "not every service could be stopped");
    },
  };
}

function eventsOf(service: string, { documents, acrossTenants }: Database): EventSource {
  return ownEvents(service, new EventReader(documents, acrossTenants));
}
