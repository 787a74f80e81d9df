import { DocumentStoreError } from "@slipway/documents";
import { Health } from "@slipway/rpc";
import { type Lifecycle, type Logger, type ServerConfiguration, systemClock } from "@slipway/runtime";
import { startHealthServer } from "./health-server.ts";
import type { ServedApp } from "./hosted-app.ts";
import { listen } from "./listener.ts";
import { type Finder, Readiness } from "./readiness.ts";
import { AppStart, MENDABLE } from "./start-app.ts";
import { expiryOf, type TlsMaterial } from "./tls-material.ts";

export interface HostOptions {
  configuration: Pick<ServerConfiguration, "listen" | "tlsClients" | "healthListen">;
  app: ServedApp;
  /** Find what else is away: engines, other services. */
  finders: readonly Finder[];
  tls: TlsMaterial | undefined;
  /** Where the address for health is taken, take any other. */
  anyHealthPort: boolean;
  /** Told the server's own URL before the app starts. */
  onListening(url: string): void;
  lifecycle: Lifecycle;
  log: Logger;
}

/** Where a hosted app is reached. */
export interface Hosted {
  url: string;
  /** Of HTTP health; absent where it is off. */
  healthUrl: string | undefined;
  /** What it waits for before it serves, at the moment. */
  missing: readonly string[];
}

/**
 * Hosts an app in this process: listens, starts the app as soon as its store lets it, and tells health what is missing.
 * The lifecycle ends it all: not serving, streams finished, events flushed, closed. Engines are to be added to the
 * lifecycle before, so that they are closed after.
 */
export async function hostApp(options: HostOptions): Promise<Hosted> {
  const { configuration, app, tls, lifecycle, log } = options;
  const names = app.bindings.map(({ service }) => service.typeName);
  const health = new Health(names);
  const start = new AppStart(app, log, lifecycle.stopping);
  const finders: Finder[] = [
    ...options.finders,
    () => ({ missing: [...start.missing(), ...app.notReady()] }),
    () => (tls === undefined ? {} : expiryOf(tls, systemClock)),
  ];
  const readiness = new Readiness(health, names, finders, log);
  lifecycle.add("services", {
    close: async () => {
      await start.ended();
      await app.stop().catch((error: unknown) => {
        // What was acknowledged is in the store; what was to be tidied waits for the next start.
        if (!isStoreAway(error)) throw error;
        log.warn({ err: error }, "stopped without its store");
      });
    },
  });
  const url = await listen({ configuration, app, gate: start.gate, health, tls, lifecycle, log });
  options.onListening(url);
  const { healthListen } = configuration;
  let healthUrl: string | undefined;
  if (healthListen !== undefined) {
    const server = await startHealthServer({ address: healthListen, anyPort: options.anyHealthPort, readiness });
    lifecycle.add("health", { close: () => server.close() });
    healthUrl = server.url;
  }
  await start.begin();
  readiness.start();
  lifecycle.add("readiness", { close: () => readiness.stop() });
  return { url, healthUrl, missing: readiness.report().missing };
}

function isStoreAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isStoreAway);
  return error instanceof DocumentStoreError && MENDABLE.has(error.kind);
}
