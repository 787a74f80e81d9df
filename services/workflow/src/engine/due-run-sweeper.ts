import type { AcrossTenants } from "@slipway/documents";
import { BackgroundLoop, type Clock, type Logger, sleep } from "@slipway/runtime";
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

/**
 * Looks for due runs of all tenants: after a crash, from other processes, and what did not fit into memory. A wake makes
 * it look soon, though at most every 100 ms.
 */
export function createDueRunSweeper({ acrossTenants, workers, clock, log, sweepMs }: DueRunSweeperOptions) {
  async function sweep(stopping: AbortSignal): Promise<void> {
    for (let page = 1; page <= PAGES_PER_ROUND && !workers.isFull && !stopping.aborted; page += 1) {
      const except = workers.saturatedLanes;
      const runs = await dueRuns(acrossTenants, { nowMs: clock.nowMs(), except, limit: RUNS_PER_PAGE });
      for (const run of runs) workers.offer(run, 0);
      if (runs.length < RUNS_PER_PAGE || workers.saturatedLanes.length === except.length) return;
    }
  }

  return new BackgroundLoop({
    name: "due runs",
    step: async (stopping) => {
      await sweep(stopping);
      await sleep(REST_MS, stopping);
      return "IDLE";
    },
    pollMs: Math.max(0, sweepMs - REST_MS),
    retry: { firstMs: REST_MS, longestMs: Math.max(REST_MS, sweepMs) },
    log,
  });
}
