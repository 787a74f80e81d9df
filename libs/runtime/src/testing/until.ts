import { setTimeout as pause } from "node:timers/promises";

const TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 10;

/** Waits until a condition gives something; fails after a minute, or so long, with what was waited for. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Waits until a check passes; fails after a minute with its last failure. */
export async function untilRight(what: string, check: () => Promise<void>): Promise<void> {
  let failure: unknown;
  const passes = async () => {
    try {
      await check();
      return true;
    } catch (error) {
      failure = error;
      return false;
    }
  };
  await until(what, passes).catch((error: unknown) => {
    throw failure ?? error;
  });
}
