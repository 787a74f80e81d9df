import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@slipway/runtime";

/** Calls `sweep` every `everyMs` until it is stopped; a sweep that fails is logged and tried again next time. */
export class SweepLoop {
  readonly #sweep: () => Promise<number>;
  readonly #everyMs: number;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(sweep: () => Promise<number>, everyMs: number, log: Logger) {
    this.#sweep = sweep;
    this.#everyMs = everyMs;
    this.#log = log;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Resolves when the sweep that runs has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // A full pass may have left some for the next.
        while ((await this.#sweep()) > 0 && !signal.aborted);
      } catch (error) {
        this.#log.warn({ err: error }, "ended uploads could not be removed; trying again later");
      }
      await pause(this.#everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
