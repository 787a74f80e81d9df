import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "./logger.ts";
import { WakeSignal } from "./wake-signal.ts";

/** More: there may be more to do at once. Idle: nothing until a wake or the next look. */
export type StepResult = "MORE" | "IDLE";

export interface BackgroundLoopOptions {
  /** For the log. */
  name: string;
  /** Does one bounded piece of work. The signal aborts when the loop is asked to stop. */
  step(stopping: AbortSignal): Promise<StepResult>;
  /** How long to sleep without a wake, in milliseconds. */
  pollMs: number;
  /** The first pause after a failure and the longest one, in milliseconds; each failure in a row doubles it. */
  retry: { firstMs: number; longestMs: number };
  log: Logger;
}

/** Runs a step again and again in the background. A step that throws is logged and run again after a pause. */
export class BackgroundLoop {
  readonly #options: BackgroundLoopOptions;
  readonly #signal = new WakeSignal();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: BackgroundLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  wake(): void {
    this.#signal.wake();
  }

  /** Resolves when the step that runs has ended; the loop cannot be started again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(stopping: AbortSignal): Promise<void> {
    const { name, step, pollMs, retry, log } = this.#options;
    let failures = 0;
    while (!stopping.aborted) {
      try {
        const result = await step(stopping);
        failures = 0;
        if (result === "IDLE") await this.#signal.wait(pollMs, stopping);
      } catch (error) {
        if (stopping.aborted) return;
        const pauseMs = Math.min(retry.longestMs, retry.firstMs * 2 ** failures);
        failures += 1;
        log.warn({ loop: name, failures, pauseMs, err: error }, "a background step failed and will run again");
        await sleep(pauseMs, undefined, { signal: stopping }).catch(ignoreAbort);
      }
    }
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === "AbortError")) throw error;
}
