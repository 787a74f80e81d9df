import { createReflection, type Health, type Interceptor, logCalls, startServer } from "@slipway/rpc";
import type { Lifecycle, Logger, ServerConfiguration } from "@slipway/runtime";
import type { ServedApp } from "./hosted-app.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** The largest message that the upload service takes: 4 MiB of bytes and its frame (design §6). */
export const MAX_RECEIVE_BYTES = 4 * 1024 * 1024 + 64 * 1024;

export interface ListenerOptions {
  configuration: Pick<ServerConfiguration, "listen" | "tlsClients">;
  app: ServedApp;
  /** Passed first, behind the log. */
  gate: Interceptor;
  health: Health;
  tls: TlsMaterial | undefined;
  lifecycle: Lifecycle;
  log: Logger;
}

/** Serves an app over gRPC, with health and reflection, until the lifecycle ends it. Returns its URL. */
export async function listen({
  configuration,
  app,
  gate,
  health,
  tls,
  lifecycle,
  log,
}: ListenerOptions): Promise<string> {
  const { host, port } = configuration.listen;
  const services = app.bindings.map(({ service }) => service);
  const server = await startServer({
    address: `${host}:${port}`,
    bindings: [...app.bindings, health.binding(), ...createReflection(services)],
    interceptors: [logCalls, gate, ...app.interceptors],
    log,
    health,
    maxReceiveBytes: MAX_RECEIVE_BYTES,
    ...(tls && { tls: configuration.tlsClients === "none" ? withoutAuthorities(tls) : tls }),
  });
  lifecycle.add("server", { drain: (timeoutMs) => server.drain(timeoutMs), close: () => server.close() });
  return `${tls === undefined ? "http" : "https"}://${host}:${server.port}`;
}

/** A listener that is given authorities asks every client for a certificate. */
function withoutAuthorities({ certificate, key }: TlsMaterial): { certificate: string; key: string } {
  return { certificate, key };
}
