import { sortTogether } from "./sort-together.ts";

/** Scores of rows of one kind, rising, with their weights unless each counts 1. */
export interface ScoreRun {
  positive: boolean;
  scores: Float64Array;
  weights: Float64Array | undefined;
}

/** Sorting so many takes some 5 ms: nothing else in the process waits longer. */
const MOST_IN_A_RUN = 65_536;
const FIRST_CAPACITY = 256;

/**
 * The scores of positive and negative rows, as they come, kept exactly: 8 bytes a row and 16 with weights. They are sorted
 * in runs, because a metric of ranks needs them all in order; merge-runs.ts goes over them.
 */
export class ScoreRuns {
  readonly #weighted: boolean;
  readonly #full: ScoreRun[] = [];
  readonly #open: Record<"positive" | "negative", OpenRun>;
  #fullBytes = 0;

  constructor({ weighted }: { weighted: boolean }) {
    this.#weighted = weighted;
    this.#open = { positive: new OpenRun(true, weighted), negative: new OpenRun(false, weighted) };
  }

  /** Bytes that it holds. */
  get allocatedBytes(): number {
    return this.#fullBytes + this.#open.positive.allocatedBytes + this.#open.negative.allocatedBytes;
  }

  /** `weight` 1 unless the runs are weighted; rows of weight 0 are as if they were not there. */
  add(score: number, positive: boolean, weight: number): void {
    if (weight === 0) return;
    const kind = positive ? "positive" : "negative";
    const open = this.#open[kind];
    open.add(score, weight);
    if (open.count < MOST_IN_A_RUN) return;
    this.#full.push(open.sorted());
    this.#fullBytes += open.allocatedBytes;
    this.#open[kind] = new OpenRun(positive, this.#weighted);
  }

  /** All rows so far; more may be added afterwards only where nobody reads these any more. */
  sorted(): ScoreRun[] {
    const { positive, negative } = this.#open;
    return [...this.#full, positive.sorted(), negative.sorted()];
  }
}

/** A run that still grows. */
class OpenRun {
  readonly #positive: boolean;
  #scores = new Float64Array(FIRST_CAPACITY);
  #weights: Float64Array<ArrayBuffer> | undefined;
  count = 0;

  constructor(positive: boolean, weighted: boolean) {
    this.#positive = positive;
    this.#weights = weighted ? new Float64Array(FIRST_CAPACITY) : undefined;
  }

  get allocatedBytes(): number {
    return this.#scores.byteLength + (this.#weights?.byteLength ?? 0);
  }

  add(score: number, weight: number): void {
    if (this.count === this.#scores.length) {
      this.#scores = grown(this.#scores);
      this.#weights &&= grown(this.#weights);
    }
    this.#scores[this.count] = score;
    if (this.#weights !== undefined) this.#weights[this.count] = weight;
    this.count += 1;
  }

  sorted(): ScoreRun {
    const scores = this.#scores.subarray(0, this.count);
    const weights = this.#weights?.subarray(0, this.count);
    if (weights === undefined) scores.sort();
    else sortTogether(scores, weights);
    return { positive: this.#positive, scores, weights };
  }
}

function grown(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.min(array.length * 4, MOST_IN_A_RUN));
  larger.set(array);
  return larger;
}
