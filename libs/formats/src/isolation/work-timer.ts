/**
 * Ends the reading thread after so much time of its own: time in which it waits for the caller's FileReaders does not
 * count, so that a slow store makes no finding. A guard over this process, hence its own monotonic clock.
 */
export class WorkTimer {
  readonly #limitMs: number;
  readonly #expired: () => void;
  readonly #startMs = performance.now();
  #waitedMs = 0;
  #waiting = 0;
  #waitingSinceMs = 0;
  #timer: NodeJS.Timeout;

  constructor(limitMs: number, expired: () => void) {
    this.#limitMs = limitMs;
    this.#expired = expired;
    this.#timer = setTimeout(() => this.#check(), limitMs);
  }

  /** A read of the caller's begins. */
  pause(): void {
    if (this.#waiting++ === 0) this.#waitingSinceMs = performance.now();
  }

  /** A read of the caller's ended. */
  resume(): void {
    if (--this.#waiting === 0) this.#waitedMs += performance.now() - this.#waitingSinceMs;
  }

  /** Stops the timer; returns the milliseconds that were left. */
  stop(): number {
    clearTimeout(this.#timer);
    return Math.max(0, this.#limitMs - this.#workedMs());
  }

  #workedMs(): number {
    const now = performance.now();
    return now - this.#startMs - this.#waitedMs - (this.#waiting > 0 ? now - this.#waitingSinceMs : 0);
  }

  #check(): void {
    const leftMs = this.#limitMs - this.#workedMs();
    if (leftMs <= 0) this.#expired();
    else this.#timer = setTimeout(() => this.#check(), Math.max(leftMs, 10));
  }
}
