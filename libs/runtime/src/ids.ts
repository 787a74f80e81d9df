import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "./clock.ts";

/** Where identifiers come from. Injected for the same reason as the clock. */
export interface Ids {
  /** A new UUID version 7 (RFC 9562): 36 characters, lower case, ordered by creation time. */
  uid(): string;
}

export function createIds(clock: Clock): Ids {
  return { uid: () => uuidVersion7(clock.nowMs(), randomUUID()) };
}

export const systemIds: Ids = createIds(systemClock);

/** Milliseconds in the first 48 bits, the version, and of a random UUID version 4 what lies behind its own. */
function uuidVersion7(nowMs: number, random: string): string {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
