import { type Lane, laneOf } from "../runs/lane.ts";
import type { Claimant } from "../runs/run.ts";
import type { Claim, StoredRun } from "../runs/run-record.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { RunWorker, type RunWorkerOptions } from "./run-worker.ts";

export interface ParallelWorkerOptions extends Omit<RunWorkerOptions, "offer" | "othersWait" | "closing" | "stopping"> {
  /** How many runs are worked on at once; 0: none, everything waits in the database. */
  workers: number;
}

/** A worker set aside for a run that is about to be inserted. */
export interface Seat {
  claimant: Claimant;
  /** Works on the run, which was inserted with this claim. */
  work(stored: StoredRun, claim: Claim): void;
  /** Gives the worker back. */
  leave(): void;
}

/** Retries of this process that are waited for in memory; others are found by the sweeper. */
const MAX_TIMERS = 10_000;
/** setTimeout overflows beyond. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The workers of one process: as many runs at once as allowed, lanes in turn. */
export class ParallelWorker {
  readonly #options: ParallelWorkerOptions;
  readonly #closing = new AbortController();
  readonly #stopping = new AbortController();
  readonly #queue: ReadyQueue;
  readonly #runWorker: RunWorker;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #working = new Set<Promise<void>>();

  constructor(options: ParallelWorkerOptions) {
    this.#options = options;
    this.#queue = new ReadyQueue(options.workers);
    this.#runWorker = new RunWorker({
      ...options,
      closing: this.#closing.signal,
      stopping: this.#stopping.signal,
      offer: (run, dueMs) => this.offer(run, dueMs),
      othersWait: () => this.#queue.hasWork,
    });
  }

  /** Lets a run be worked on as soon as it is due and there is a worker for it. */
  offer(run: StoredRun, dueMs: number): void {
    if (this.#options.workers === 0 || this.#closing.signal.aborted) return;
    const inMs = dueMs - this.#options.clock.nowMs();
    if (inMs <= 0) {
      this.#queue.offer(run);
      this.#begin();
    } else if (this.#timers.size < MAX_TIMERS && inMs < MAX_TIMEOUT_MS) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.offer(run, dueMs);
      }, inMs);
      timer.unref();
      this.#timers.add(timer);
    }
  }

  /** Sets a worker aside, so that a new run needs no commit of its own for its first claim; undefined when all are busy. */
  reserve(tenantUid: string, workflow: string): Seat | undefined {
    const lane = laneOf(tenantUid, workflow);
    if (!this.#hasFreeWorker || !this.#queue.occupy(lane)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#track(lane, promise);
    const { owner, leaseMs } = this.#options;
    return {
      claimant: { owner, leaseMs },
      work: (stored, claim) => resolve(this.#work(stored, claim)),
      leave: resolve,
    };
  }

  /** Lanes that have enough to do for now. */
  get saturatedLanes(): Lane[] {
    return this.#queue.saturatedLanes;
  }

  get isFull(): boolean {
    return this.#queue.isFull;
  }

  /**
   * Begins nothing new, lets attempts end for up to `graceMs`, and gives the others back to the database, so that
   * another process goes on with them at once.
   */
  async stop(graceMs: number): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    const timer = setTimeout(() => this.#stopping.abort(), graceMs);
    await Promise.all(this.#working);
    clearTimeout(timer);
  }

  get #hasFreeWorker(): boolean {
    return this.#working.size < this.#options.workers && !this.#closing.signal.aborted;
  }

  #begin(): void {
    while (this.#hasFreeWorker) {
      const run = this.#queue.take();
      if (run === undefined) return;
      this.#track(laneOf(run.tenantUid, run.record.run.workflow), this.#work(run));
    }
  }

  #track(lane: Lane, work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#working.delete(tracked);
      this.#queue.release(lane);
      this.#begin();
    });
    this.#working.add(tracked);
  }

  /** Never rejects: what a failure leaves behind is found by the sweeper once its lease has run out. */
  async #work(run: StoredRun, claim?: Claim): Promise<void> {
    try {
      await this.#runWorker.work(run, claim);
    } catch (error) {
      this.#options.log.error(
        { run: run.record.run.uid, err: error },
        "a worker failed; the run will be taken up again",
      );
    }
  }
}
