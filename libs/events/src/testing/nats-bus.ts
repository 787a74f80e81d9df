import { setTimeout as sleep } from "node:timers/promises";
import type { NatsEventBus } from "../nats.ts";

/** Waits until the bus says that it serves; fails by the test's own time limit. */
export async function untilServing(bus: NatsEventBus): Promise<void> {
  while (bus.missing().length > 0) await sleep(5);
}

/** Waits until the bus misses something that the pattern describes, and gives the words for it. */
export async function untilMissing(bus: NatsEventBus, pattern: RegExp): Promise<string> {
  for (;;) {
    const missing = bus.missing().join("; ");
    if (pattern.test(missing)) return missing;
    await sleep(5);
  }
}
