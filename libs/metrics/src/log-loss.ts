import { MetricSet } from "./metric-set.ts";
import { Moments } from "./moments.ts";

/** The distance from 1 to the next double: what scikit-learn takes for the least probability. */
const LEAST = 2 ** -52;

/**
 * log_loss: the mean of -ln of the probability that was given to what is true (Good, Rational Decisions, 1952). Absent as
 * soon as a score is no probability.
 */
export class LogLoss {
  readonly #losses = new Moments();
  readonly #weighted: boolean;
  #probabilities = true;

  constructor({ weighted }: { weighted: boolean }) {
    this.#weighted = weighted;
  }

  add(score: number, positive: boolean, weight: number): void {
    if (score < 0 || score > 1) this.#probabilities = false;
    if (!this.#probabilities) return;
    const probability = Math.min(Math.max(positive ? score : 1 - score, LEAST), 1 - LEAST);
    this.#losses.add(-Math.log(probability), weight);
  }

  metrics(): MetricSet {
    const set = new MetricSet();
    if (!this.#probabilities) return set;
    const interval = this.#weighted ? undefined : this.#losses.interval;
    set.add("log_loss", this.#losses.mean, interval && { ...interval, lower: Math.max(0, interval.lower) });
    return set;
  }
}
