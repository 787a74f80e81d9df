import type { AcrossTenants } from "@slipway/documents";
import type { Clock, Logger } from "@slipway/runtime";
import { dueRuns } from "../across-tenants.ts";
import type { ParallelWorker } from "./parallel-worker.ts";

export interface DueRunSweeperOptions {
  acrossTenants: AcrossTenants;
  workers: ParallelWorker;
  clock: Clock;
  log: Logger;
  /** How often to look without a wake, in milliseconds. */
  sweepMs: number;
}

const RUNS_PER_PAGE = 200;
/** Each full page saturates a lane or fills the queue; the rest is found in the next round. */
const PAGES_PER_ROUND = 20;
/** A busy bus must not make it look all the time. */
const REST_MS = 100;

/** Looks for due runs of all tenants: after a crash, from other processes, and what did not fit into memory. */
export class DueRunSweeper {
  readonly #options: DueRunSweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #wanted = false;
  #resting = false;
  #stopped = false;

  constructor(options: DueRunSweeperOptions) {
    this.#options = options;
  }

  /** Looks soon, though at most every 100 ms; without a call every `sweepMs`. */
  wake(): void {
    this.#wanted = true;
    if (this.#sweeping !== undefined || this.#resting || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#sweeping = this.#sweep().then(() => {
      this.#sweeping = undefined;
      if (!this.#stopped) this.#rest();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  #rest(): void {
    this.#resting = true;
    this.#timer = setTimeout(() => {
      this.#resting = false;
      if (this.#wanted) this.wake();
      else this.#timer = setTimeout(() => this.wake(), Math.max(0, this.#options.sweepMs - REST_MS));
    }, REST_MS);
  }

  async #sweep(): Promise<void> {
    this.#wanted = false;
    const { acrossTenants, workers, clock, log } = this.#options;
    try {
      for (let page = 1; page <= PAGES_PER_ROUND && !workers.isFull && !this.#stopped; page += 1) {
        const except = workers.saturatedLanes;
        const runs = await dueRuns(acrossTenants, { nowMs: clock.nowMs(), except, limit: RUNS_PER_PAGE });
        for (const run of runs) workers.offer(run, 0);
        if (runs.length < RUNS_PER_PAGE || workers.saturatedLanes.length === except.length) return;
      }
    } catch (error) {
      log.warn({ err: error }, "due runs could not be looked for; trying again");
    }
  }
}
