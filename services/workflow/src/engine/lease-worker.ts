import type { Clock, Logger } from "@slipway/runtime";
import { extendLease } from "../runs/run.ts";
import type { RunChanges } from "../runs/run-changes.ts";
import type { Claim, StoredRun } from "../runs/run-record.ts";
import type { RunStore } from "../runs/run-store.ts";

export interface LeaseOptions {
  runs: RunStore;
  changes: RunChanges;
  clock: Clock;
  log: Logger;
  leaseMs: number;
}

/** Keeps the lease of one claim alive by extending it each third of its length, and tells when it is lost. */
export class LeaseWorker {
  readonly #options: LeaseOptions;
  readonly #claim: Claim;
  readonly #lost = new AbortController();
  readonly #forget: () => void;
  #latest: StoredRun;
  #heldUntilMs: number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(options: LeaseOptions, stored: StoredRun, claim: Claim) {
    this.#options = options;
    this.#claim = claim;
    this.#latest = stored;
    this.#heldUntilMs = options.clock.nowMs() + options.leaseMs;
    // What this process does to the run (another step, a cancellation) need not wait for the next beat.
    this.#forget = options.changes.listen(stored.record.run.uid, (changed) => {
      this.#see(changed);
      if (this.#extended(changed) === undefined) this.#lost.abort();
    });
    this.#beatLater();
  }

  /** Aborts when another worker has, or may have, taken the step, and when the run was cancelled. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ends the beats; gives the run as it was last seen. */
  async end(): Promise<StoredRun> {
    this.#forget();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#beating;
    return this.#latest;
  }

  #beatLater(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().then(() => {
        if (this.#timer !== undefined && !this.lost.aborted) this.#beatLater();
      });
    }, this.#options.leaseMs / 3);
  }

  async #beat(): Promise<void> {
    const { runs, clock, log, leaseMs } = this.#options;
    const { uid } = this.#latest.record.run;
    try {
      for (;;) {
        const nowMs = clock.nowMs();
        const extended = this.#extended(this.#latest);
        if (extended === undefined) break;
        const replaced = await runs.replace(this.#latest, extended);
        if (replaced !== undefined) {
          this.#see(replaced);
          this.#heldUntilMs = nowMs + leaseMs;
          return;
        }
        // Another step of the run was recorded, or the claim is lost: the next round tells.
        this.#see((await runs.get(this.#latest.tenantUid, uid)) ?? this.#latest);
      }
      this.#lost.abort();
    } catch (error) {
      log.warn({ run: uid, step: this.#claim.stepId, err: error }, "a lease could not be extended");
      if (clock.nowMs() >= this.#heldUntilMs) this.#lost.abort();
    }
  }

  #see(stored: StoredRun): void {
    if (stored.revision > this.#latest.revision) this.#latest = stored;
  }

  #extended({ record }: StoredRun) {
    const { clock, leaseMs } = this.#options;
    return extendLease(record, this.#claim, leaseMs, clock.nowMs());
  }
}
