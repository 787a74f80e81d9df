import { type Lane, laneOf } from "../runs/lane.ts";
import type { StoredRun } from "../runs/run-record.ts";

/** What waits in memory; the rest waits in the database, where the sweeper finds it. */
const MAX_WAITING_PER_LANE = 64;
const MAX_WAITING = 4_096;

interface LaneState {
  waiting: StoredRun[];
  working: number;
}

/** The runs that are due. Lanes take turns, and none holds more than three quarters of the workers. */
export class ReadyQueue {
  readonly #maxWorkingPerLane: number;
  /** In the order of their turns. */
  readonly #lanes = new Map<Lane, LaneState>();
  readonly #waiting = new Set<string>();

  constructor(workers: number) {
    this.#maxWorkingPerLane = Math.ceil((workers * 3) / 4);
  }

  /** Lets a run wait here. Without room it is left to the sweeper. */
  offer(run: StoredRun): void {
    const { uid, workflow } = run.record.run;
    const lane = this.#lane(laneOf(run.tenantUid, workflow));
    if (this.#waiting.has(uid) || this.isFull || lane.waiting.length >= MAX_WAITING_PER_LANE) return;
    lane.waiting.push(run);
    this.#waiting.add(uid);
  }

  /** The run whose turn it is; its lane has one worker more until `release`. */
  take(): StoredRun | undefined {
    for (const [key, lane] of this.#lanes) {
      const run = lane.working < this.#maxWorkingPerLane ? lane.waiting.shift() : undefined;
      if (run === undefined) continue;
      this.#waiting.delete(run.record.run.uid);
      lane.working += 1;
      this.#lanes.delete(key);
      this.#lanes.set(key, lane);
      return run;
    }
    return undefined;
  }

  /** Counts a worker for a run that need not wait; false when others wait or the lane has enough workers. */
  occupy(key: Lane): boolean {
    if (this.hasWork) return false;
    const lane = this.#lane(key);
    if (lane.working >= this.#maxWorkingPerLane) return false;
    lane.working += 1;
    return true;
  }

  /** Ends what `take` or `occupy` began. */
  release(key: Lane): void {
    const lane = this.#lane(key);
    lane.working -= 1;
    if (lane.working === 0 && lane.waiting.length === 0) this.#lanes.delete(key);
  }

  get isFull(): boolean {
    return this.#waiting.size >= MAX_WAITING;
  }

  /** Whether a run waits that could be worked on now. */
  get hasWork(): boolean {
    if (this.#waiting.size === 0) return false;
    return [...this.#lanes.values()].some((lane) => lane.waiting.length > 0 && lane.working < this.#maxWorkingPerLane);
  }

  /** Lanes for which the sweeper need not look. */
  get saturatedLanes(): Lane[] {
    const full = [...this.#lanes].filter(([, { waiting }]) => waiting.length >= MAX_WAITING_PER_LANE);
    return full.map(([key]) => key);
  }

  #lane(key: Lane): LaneState {
    const lane = this.#lanes.get(key) ?? { waiting: [], working: 0 };
    this.#lanes.set(key, lane);
    return lane;
  }
}
