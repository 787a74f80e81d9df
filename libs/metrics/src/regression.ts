import { ExactSum } from "./exact-sum.ts";
import { throughRising } from "./interval.ts";
import { MetricSet } from "./metric-set.ts";
import { Moments } from "./moments.ts";
import { ratio } from "./ratio.ts";

/**
 * How far estimates are from numbers, row by row in constant memory: mae, the mean of |error|; rmse, the root of the mean of
 * error squared; r2, one less the squared errors by the squared distances from the mean, absent where all targets are one
 * number and for fewer than two rows.
 */
export class RegressionAccumulator {
  readonly #weighted: boolean;
  readonly #absolute = new Moments();
  readonly #squared = new Moments();
  readonly #errors = new ExactSum();
  #rows = 0;
  // Of the targets, after West (Updating mean and variance estimates, CACM 22, 1979).
  #weights = 0;
  #mean = 0;
  readonly #distances = new ExactSum();

  constructor({ weighted }: { weighted: boolean }) {
    this.#weighted = weighted;
  }

  get rowCount(): number {
    return this.#rows;
  }

  add(target: number, estimate: number, weight: number): void {
    this.#rows += 1;
    const error = estimate - target;
    this.#absolute.add(Math.abs(error), weight);
    this.#squared.add(error * error, weight);
    this.#errors.add(error * error * weight);
    if (weight === 0) return;
    const before = this.#weights;
    this.#weights += weight;
    const distance = target - this.#mean;
    this.#mean += (distance * weight) / this.#weights;
    this.#distances.add(((weight * before) / this.#weights) * distance * distance);
  }

  metrics(): MetricSet {
    const set = new MetricSet();
    const interval = (moments: Moments) => {
      const found = this.#weighted ? undefined : moments.interval;
      return found && { ...found, lower: Math.max(0, found.lower) };
    };
    set.add("mae", this.#absolute.mean, interval(this.#absolute));
    const squared = this.#squared.mean;
    set.add(
      "rmse",
      squared === undefined ? undefined : Math.sqrt(squared),
      throughRising(interval(this.#squared), Math.sqrt),
    );
    const unexplained = ratio(this.#errors.value, this.#distances.value);
    if (unexplained !== undefined && this.#rows > 1) set.add("r2", 1 - unexplained);
    return set;
  }
}
