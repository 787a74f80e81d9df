/** Where time comes from. Injected, so that tests are exact and a failing seed can be replayed. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z; may go backwards when the system clock is set. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
