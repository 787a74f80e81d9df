import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that operating systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere): one of
 * those can be taken by any connection while its server is down, even by a connection to that very server.
 */
const FIRST_PORT = 15_000;
const END_PORT = 32_000;

/** Those that this process knows already, perhaps of a server that is not listening yet, or is down. */
const given = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody listens on and that this process is not told twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  await new Promise((resolve) => probe.close(resolve));
  return true;
}
