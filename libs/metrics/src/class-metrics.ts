import type { BinaryCounts } from "./confusion-matrix.ts";
import { type Interval, throughRising, wilsonInterval } from "./interval.ts";
import { MetricSet } from "./metric-set.ts";
import { ratio } from "./ratio.ts";

/**
 * How well one class is told from the rest: precision TP/(TP+FP), recall TP/(TP+FN) and f1 2TP/(2TP+FP+FN) (van
 * Rijsbergen, Information Retrieval, 1979), each absent where it is 0/0.
 *
 * Their intervals are Wilson's. That of f1 comes from the proportion J = TP/(TP+FP+FN), since f1 = 2J/(1+J) (Hand, Christen
 * and Kirielle, F*: an interpretable transformation of the F-measure, Machine Learning 110, 2021).
 */
export function classMetrics(counts: BinaryCounts): MetricSet {
  const { truePositives, falsePositives, falseNegatives, counted } = counts;
  const interval = (rows: number): Interval | undefined => (counted ? wilsonInterval(truePositives, rows) : undefined);
  const found = truePositives + falsePositives;
  const actual = truePositives + falseNegatives;
  const either = truePositives + falsePositives + falseNegatives;
  const set = new MetricSet();
  set.add("precision", ratio(truePositives, found), interval(found));
  set.add("recall", ratio(truePositives, actual), interval(actual));
  set.add(
    "f1",
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    throughRising(interval(either), (share) => (2 * share) / (1 + share)),
  );
  return set;
}
