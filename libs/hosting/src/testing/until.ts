import { setTimeout as pause } from "node:timers/promises";

const TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 10;

/** Waits until a condition gives something; fails after half a minute with what was waited for. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadlineMs = Date.now() + TIMEOUT_MS;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
