/** A source of randomness: a number in [0, 1). Injected, so that a failing seed can be replayed. */
export type Random = () => number;

export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds. */
  initialMs: number;
  /** Upper bound of any wait, in milliseconds. */
  maxMs: number;
  random: Random;
}

/** How long to wait before each of a row of attempts. */
export interface Backoff {
  /** Milliseconds until the next attempt. */
  nextMs(): number;
  /** An attempt succeeded: the next row begins anew. */
  reset(): void;
}

/**
 * Exponential backoff with full jitter: a random time up to a bound that doubles with each attempt, so that clients
 * that failed together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 */
export function createBackoff({ initialMs, maxMs, random }: BackoffOptions): Backoff {
  let boundMs = Math.min(initialMs, maxMs);
  return {
    nextMs: () => {
      const waitMs = random() * boundMs;
      boundMs = Math.min(boundMs * 2, maxMs);
      return waitMs;
    },
    reset: () => {
      boundMs = Math.min(initialMs, maxMs);
    },
  };
}
