import { type Clock, faultPoint, type Logger } from "@slipway/runtime";
import { advance, claim, dueMs, hasEnded, recordOutcome } from "../runs/run.ts";
import type { Claim, RunRecord, StepOutcome, StoredRun } from "../runs/run-record.ts";
import type { Definition } from "../workflows/definition.ts";
import type { DefinitionStore } from "../workflows/definition-store.ts";
import { type AttemptOptions, makeAttempt } from "./attempt-worker.ts";
import type { WorkflowFaultPoint } from "./fault-points.ts";

export interface RunWorkerOptions extends AttemptOptions {
  definitions: DefinitionStore;
  clock: Clock;
  log: Logger;
  /** Gives [0, 1). */
  random: () => number;
  /** Aborts when nothing new must be begun. */
  closing: AbortSignal;
  /** Names this worker's process in leases. */
  owner: string;
  /** Told of a run that somebody else could work on now, or later. */
  offer(run: StoredRun, dueMs: number): void;
  /** Whether runs of others wait for a worker. */
  othersWait(): boolean;
}

/** A run of short steps keeps its worker, which saves a commit a step; one of long steps lets others go first. */
const TIME_SLICE_MS = 1_000;

interface Claimed {
  stored: StoredRun;
  claim: Claim;
}

/**
 * Works on one run as long as a step of it is due and, after its time slice, nobody else waits: claim, attempt, record, and with the record the
 * next claim. Each is a compare-and-set on the run's document; whoever loses one reads again and looks whether its
 * claim is still the current one.
 */
export class RunWorker {
  readonly #options: RunWorkerOptions;

  constructor(options: RunWorkerOptions) {
    this.#options = options;
  }

  /** Works on a run, with a claim that was committed with it already, or with the first one that it can get. */
  async work(stored: StoredRun, held?: Claim): Promise<void> {
    const definition = await this.#options.definitions.get(stored.tenantUid, stored.record.run.workflowDigest);
    let claimed = held === undefined ? await this.#claim(stored, definition) : { stored, claim: held };
    const sliceEndMs = this.#options.clock.nowMs() + TIME_SLICE_MS;
    while (claimed !== undefined) {
      hit("workflow.step.claimed");
      this.#offerRest(claimed.stored);
      const { outcome, stored: latest } = await makeAttempt(this.#options, claimed.stored, definition, claimed.claim);
      hit("workflow.step.executed");
      if (outcome === "LOST") return this.#reportLost(claimed);
      claimed = await this.#record({ ...claimed, stored: latest }, definition, outcome, sliceEndMs);
    }
  }

  async #claim(stored: StoredRun, definition: Definition): Promise<Claimed | undefined> {
    const { runs, clock } = this.#options;
    for (let current: StoredRun | undefined = stored; current !== undefined; ) {
      const next = this.#claimNext(current.record, definition, clock.nowMs());
      if (next.record === current.record) return undefined;
      const replaced = await runs.replace(current, next.record);
      if (replaced !== undefined) return this.#goOn(replaced, next.claim);
      current = await runs.get(stored.tenantUid, stored.record.run.uid);
    }
    return undefined;
  }

  async #record(
    { stored, claim: held }: Claimed,
    definition: Definition,
    outcome: StepOutcome,
    sliceEndMs: number,
  ): Promise<Claimed | undefined> {
    const { runs, clock, random, closing, othersWait } = this.#options;
    for (let current: StoredRun | undefined = stored; current !== undefined; ) {
      const nowMs = clock.nowMs();
      const recorded = recordOutcome(current.record, definition, held, outcome, nowMs, random);
      if (recorded === undefined) return this.#reportLost({ stored: current, claim: held });
      const goesOn = !closing.aborted && (nowMs < sliceEndMs || !othersWait());
      const next = goesOn ? this.#claimNext(recorded, definition, nowMs) : { record: recorded };
      const replaced = await runs.replace(current, next.record);
      if (replaced !== undefined) {
        hit("workflow.step.recorded");
        return this.#goOn(replaced, next.claim);
      }
      current = await runs.get(stored.tenantUid, stored.record.run.uid);
    }
    return undefined;
  }

  /** The run with the next claim, or with what time alone has brought about. */
  #claimNext(record: RunRecord, definition: Definition, nowMs: number): { record: RunRecord; claim?: Claim } {
    const { owner, leaseMs } = this.#options;
    return claim(record, definition, { owner, leaseMs }, nowMs) ?? { record: advance(record, definition, nowMs) };
  }

  /** The claim to work on; without one the run is left to whoever takes it when it is due. */
  #goOn(stored: StoredRun, held: Claim | undefined): Claimed | undefined {
    if (held !== undefined) return { stored, claim: held };
    const due = dueMs(stored.record);
    if (due !== undefined) this.#options.offer(stored, due);
    return undefined;
  }

  /** Steps beside the claimed one can be worked on by others meanwhile. */
  #offerRest(stored: StoredRun): void {
    const due = Math.min(...stored.record.control.flatMap((control) => control.dueMs ?? []));
    if (Number.isFinite(due) && !hasEnded(stored.record)) this.#options.offer(stored, due);
  }

  #reportLost({ stored, claim: { stepId, attempt, token } }: Claimed): undefined {
    const { uid } = stored.record.run;
    this.#options.log.warn({ run: uid, step: stepId, attempt, token }, "a late result was refused: the claim is lost");
    return undefined;
  }
}

function hit(point: WorkflowFaultPoint): void {
  faultPoint(point);
}
