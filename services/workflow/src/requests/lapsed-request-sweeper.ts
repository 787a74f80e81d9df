import type { Logger } from "@slipway/runtime";

const EVERY_MS = 10 * 60_000;
/** removeLapsedRequests removes at most this many at once. */
const REMOVED_AT_ONCE = 1_000;

/** Removes lapsed replies to request ids, every ten minutes. */
export class LapsedRequestSweeper {
  readonly #remove: () => Promise<number>;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;

  /** `remove` removes some and says how many. */
  constructor(remove: () => Promise<number>, log: Logger) {
    this.#remove = remove;
    this.#log = log;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep().then(() => {
        if (!this.#stopped) this.start();
      });
    }, EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      while (!this.#stopped && (await this.#remove()) === REMOVED_AT_ONCE);
    } catch (error) {
      this.#log.warn({ err: error }, "lapsed request ids could not be removed; trying again later");
    }
  }
}
