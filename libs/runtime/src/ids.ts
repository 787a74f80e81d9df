import { v7 } from "uuid";
import { type Clock, systemClock } from "./clock.ts";

/** Where identifiers come from. Injected for the same reason as the clock. */
export interface Ids {
  /** A new UUID version 7 (RFC 9562): 36 characters, lower case, ordered by creation time. */
  uid(): string;
}

export function createIds(clock: Clock): Ids {
  return { uid: () => v7({ msecs: clock.nowMs() }) };
}

export const systemIds: Ids = createIds(systemClock);
