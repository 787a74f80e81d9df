import { ExactSum } from "./exact-sum.ts";
import { type Interval, meanInterval } from "./interval.ts";
import { ratio } from "./ratio.ts";

/** The weighted mean of a quantity over rows, and how much it differs from row to row. */
export class Moments {
  readonly #weights = new ExactSum();
  readonly #sum = new ExactSum();
  readonly #squares = new ExactSum();
  #rows = 0;

  add(value: number, weight: number): void {
    this.#weights.add(weight);
    this.#sum.add(value * weight);
    this.#squares.add(value * value * weight);
    this.#rows += 1;
  }

  /** Undefined where no row has a weight. */
  get mean(): number | undefined {
    return ratio(this.#sum.value, this.#weights.value);
  }

  /** The interval of the mean, for rows that all count 1. */
  get interval(): Interval | undefined {
    const mean = this.mean;
    if (mean === undefined || this.#rows < 2) return undefined;
    const variance = (this.#squares.value - mean * this.#sum.value) / (this.#rows - 1);
    return meanInterval(mean, variance, this.#rows);
  }
}
