import { ExactSum } from "./exact-sum.ts";
import { normalInterval } from "./interval.ts";
import { mergeRuns } from "./merge-runs.ts";
import { MetricSet } from "./metric-set.ts";
import { ratio } from "./ratio.ts";
import type { ScoreRun } from "./score-runs.ts";

/** Fewer rows of a kind are too few for an interval of the area. */
const ROWS_FOR_AN_INTERVAL = 30;

/** Lets others work; resolves when they had their turn. */
export type Pause = () => Promise<void>;

/**
 * How well scores put positive rows before negative ones, exactly, also with ties: roc_auc, the area under the ROC curve by
 * trapezoids, which is the Mann-Whitney statistic (Hanley and McNeil, Radiology 143, 1982), and average_precision, the sum
 * of (R_n - R_n-1) P_n over the distinct scores without interpolation, as scikit-learn has it. Both are absent without
 * positive rows, roc_auc also without negative ones.
 *
 * The interval of roc_auc is DeLong's (DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988), for rows that count alike and
 * at least 30 of each kind.
 */
export async function rankingMetrics(runs: readonly ScoreRun[], pause: Pause): Promise<MetricSet> {
  const precisions = new ExactSum();
  /** Over the negative rows, the positive ones above each (those of the same score by half), and its square. */
  const above = { sum: new ExactSum(), squares: new ExactSum() };
  /** Over the positive rows, the negative ones above each, and its square. */
  const below = { sum: new ExactSum(), squares: new ExactSum() };
  const positives = new ExactSum();
  const negatives = new ExactSum();
  const merge = mergeRuns(runs, (positive, negative) => {
    const over = positives.value + positive / 2;
    above.sum.add(negative * over);
    above.squares.add(negative * over * over);
    const under = negatives.value + negative / 2;
    below.sum.add(positive * under);
    below.squares.add(positive * under * under);
    positives.add(positive);
    negatives.add(negative);
    precisions.add((positive * positives.value) / (positives.value + negatives.value));
  });
  for (const _ of merge) await pause();

  const [positive, negative] = [positives.value, negatives.value];
  const set = new MetricSet();
  const area = ratio(above.sum.value, positive * negative);
  const counted = runs.every(({ weights }) => weights === undefined);
  const enough = counted && Math.min(positive, negative) >= ROWS_FOR_AN_INTERVAL;
  const interval =
    area !== undefined && enough
      ? normalInterval(
          area,
          spreadOf(below, positive) / negative ** 2 / positive + spreadOf(above, negative) / positive ** 2 / negative,
        )
      : undefined;
  set.add("roc_auc", area, interval && { lower: Math.max(0, interval.lower), upper: Math.min(1, interval.upper) });
  set.add("average_precision", ratio(precisions.value, positive));
  return set;
}

/** The variance of what was summed over so many rows. */
function spreadOf({ sum, squares }: { sum: ExactSum; squares: ExactSum }, rows: number): number {
  return (squares.value - sum.value ** 2 / rows) / (rows - 1);
}
