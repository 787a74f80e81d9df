/** When a peer counts as dead: one that is frozen, or behind a network that swallows everything, ends no connection. */
export interface Keepalive {
  /** A ping is sent when so much time has passed since the last one was answered, in milliseconds. */
  intervalMs: number;
  /** The connection is given up, and its calls with it, when a ping is not answered so long, in milliseconds. */
  timeoutMs: number;
}

/**
 * A dead peer is noticed within 20 to 30 seconds. The time to answer is the longer part: over a slow line the answer
 * waits behind the megabytes that are under way already (2 MiB at 1 Mbit/s are 17 seconds).
 */
export const DEFAULT_KEEPALIVE: Keepalive = { intervalMs: 10_000, timeoutMs: 20_000 };

/** As grpc-js is told. Clients ping while they have calls only, servers always. */
export function keepaliveOptions({ intervalMs, timeoutMs }: Keepalive = DEFAULT_KEEPALIVE) {
  return { "grpc.keepalive_time_ms": intervalMs, "grpc.keepalive_timeout_ms": timeoutMs };
}
