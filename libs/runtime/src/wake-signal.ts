/** Lets one loop sleep until somebody has something for it. A wake while nobody waits is kept for the next wait. */
export class WakeSignal {
  #woken = false;
  #waiting: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#waiting?.();
  }

  /** Returns at once after a wake, else with the next one, after `timeoutMs`, or when the signal aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          this.#waiting = undefined;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal.addEventListener("abort", done);
        this.#waiting = done;
      });
    }
    this.#woken = false;
  }
}
