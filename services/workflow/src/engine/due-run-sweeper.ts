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

/** Looks for due runs of all tenants: after a crash, from other processes, and what did not fit into memory. */
export class DueRunSweeper {
  readonly #options: DueRunSweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #wanted = false;
  #stopped = false;

  constructor(options: DueRunSweeperOptions) {
    this.#options = options;
  }

  /** Looks at once, and then every `sweepMs`. */
  start(): void {
    this.wake();
  }

  /** Looks at once; while it looks, once more afterwards. */
  wake(): void {
    this.#wanted = true;
    if (this.#sweeping !== undefined || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#sweeping = this.#sweep().finally(() => {
      this.#sweeping = undefined;
      if (this.#stopped) return;
      this.#timer = setTimeout(() => this.wake(), this.#wanted ? 0 : this.#options.sweepMs);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
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
