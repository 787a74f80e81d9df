import { type Clock, faultPoint } from "@slipway/runtime";
import { claim, dueMs } from "../runs/run.ts";
import type { RunRecord, StoredRun } from "../runs/run-record.ts";
import type { RunStore } from "../runs/run-store.ts";
import type { Definition } from "../workflows/definition.ts";
import type { DefinitionStore } from "../workflows/definition-store.ts";
import type { WorkflowFaultPoint } from "./fault-points.ts";
import type { ParallelWorker } from "./parallel-worker.ts";

export interface RunStarterOptions {
  runs: RunStore;
  definitions: DefinitionStore;
  workers: ParallelWorker;
  clock: Clock;
}

/** Writes that belong into the commit that inserts a run. */
type Beside = (inserted: StoredRun) => Parameters<RunStore["insert"]>[2];

/**
 * Inserts new runs. Where a worker is free the run is inserted with its first step claimed by it, which saves a commit
 * and a look; else it waits for its turn.
 */
export class RunStarter {
  readonly #options: RunStarterOptions;

  constructor(options: RunStarterOptions) {
    this.#options = options;
  }

  /** The run as it was inserted; undefined when there was one of this uid already. */
  async start(
    tenantUid: string,
    record: RunRecord,
    definition: Definition,
    beside: Beside = () => [],
  ): Promise<StoredRun | undefined> {
    const { runs, definitions, workers, clock } = this.#options;
    await definitions.keep(tenantUid, definition);
    const seat = workers.reserve(tenantUid, record.run.workflow);
    let begun: (() => void) | undefined;
    try {
      const claimed = seat && claim(record, definition, seat.claimant, clock.nowMs());
      const first = claimed?.record ?? record;
      const stored = await runs.insert(tenantUid, first, beside({ tenantUid, revision: 1, record: first }));
      if (stored === undefined) return undefined;
      hit("workflow.run.inserted");
      if (seat !== undefined && claimed !== undefined) begun = () => seat.work(stored, claimed.claim);
      else workers.offer(stored, dueMs(stored.record) ?? Number.POSITIVE_INFINITY);
      return stored;
    } finally {
      if (begun !== undefined) begun();
      else seat?.leave();
    }
  }
}

function hit(point: WorkflowFaultPoint): void {
  faultPoint(point);
}
