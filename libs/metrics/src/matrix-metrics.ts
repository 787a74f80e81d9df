import { classMetrics } from "./class-metrics.ts";
import {
  type BinaryCounts,
  type ClassTotals,
  type ConfusionMatrix,
  countsOfClass,
  matrixOf,
  totalsOf,
} from "./confusion-matrix.ts";
import { intervalOfMean, wilsonInterval } from "./interval.ts";
import { MetricSet } from "./metric-set.ts";
import { ratio } from "./ratio.ts";

/** The metrics of one class. */
export interface ClassResult {
  label: string;
  /** Rows of this class, or their weights. */
  support: number;
  set: MetricSet;
}

/** What follows from a matrix, of all classes together and of each. */
export interface MatrixResult {
  set: MetricSet;
  classes: ClassResult[];
}

/** Of two classes: accuracy, balanced_accuracy, mcc, and precision, recall and f1 of the positive class. */
export function binaryMetrics(counts: BinaryCounts): MetricSet {
  const matrix = matrixOf(counts);
  const totals = totalsOf(matrix);
  const set = wholeMetrics(matrix, totals, resultsOf(matrix, totals));
  set.addAll(classMetrics(counts));
  return set;
}

/**
 * Of any number of classes: the same, with precision, recall and f1 as averages. Micro: of all decisions alike; macro: each
 * class counts alike; weighted: each as often as it occurs. A class whose metric is undefined is no part of an average, as
 * with scikit-learn's `zero_division=nan`. With a positive class there are precision, recall and f1 of that one too.
 */
export function matrixMetrics(matrix: ConfusionMatrix, positiveLabel?: string): MatrixResult {
  const totals = totalsOf(matrix);
  const classes = resultsOf(matrix, totals);
  const set = wholeMetrics(matrix, totals, classes);
  const positive = classes.find(({ label }) => label === positiveLabel);
  if (positive !== undefined) set.addAll(positive.set);
  for (const name of ["precision", "recall", "f1"]) {
    const defined = classes.flatMap(({ support, set: { metrics } }) => {
      const value = metrics[name];
      return value === undefined ? [] : [{ value, support }];
    });
    // Each row is one decision for one class, so the three micro averages are the accuracy.
    set.add(`${name}_micro`, set.metrics.accuracy, set.intervals.accuracy);
    set.add(`${name}_macro`, averageOf(defined.map(({ value }) => ({ value, weight: 1 }))));
    set.add(`${name}_weighted`, averageOf(defined.map(({ value, support }) => ({ value, weight: support }))));
  }
  return { set, classes };
}

function resultsOf({ labels, counted }: ConfusionMatrix, totals: ClassTotals): ClassResult[] {
  return labels.map((label, index) => ({
    label,
    support: totals.actual[index] ?? 0,
    set: classMetrics(countsOfClass(totals, index, counted)),
  }));
}

function wholeMetrics({ counted }: ConfusionMatrix, totals: ClassTotals, classes: ClassResult[]): MetricSet {
  const set = new MetricSet();
  const { total } = totals;
  const correct = totals.correct.reduce((sum, each) => sum + each, 0);
  set.add("accuracy", ratio(correct, total), counted ? wilsonInterval(correct, total) : undefined);
  const recalls = classes.flatMap(({ set: { metrics, intervals } }) =>
    metrics.recall === undefined ? [] : [{ value: metrics.recall, interval: intervals.recall }],
  );
  // Rows of different true classes are independent of each other, and so are the recalls.
  const balanced = averageOf(recalls.map(({ value }) => ({ value, weight: 1 })));
  set.add("balanced_accuracy", balanced, intervalOfMean(recalls));
  set.add("mcc", correlationOf(totals, correct));
  return set;
}

/**
 * Matthews' correlation for any number of classes (Gorodkin, Comparing two K-category assignments by a K-category
 * correlation coefficient, Computational Biology and Chemistry 28, 2004). Undefined where all rows are of one class, or
 * predicted as one.
 */
function correlationOf({ actual, predicted, total }: ClassTotals, correct: number): number | undefined {
  if (total === 0) return undefined;
  const both = actual.reduce(
    (sum, rows, index) => sum - (rows / total) * ((predicted[index] ?? 0) / total),
    correct / total,
  );
  return ratio(both, Math.sqrt(spreadOf(actual, total)) * Math.sqrt(spreadOf(predicted, total)));
}

/** How likely two rows are of different classes; 0 exactly where there is one class only. */
function spreadOf(rows: readonly number[], total: number): number {
  let spread = 0;
  let before = 0;
  for (const each of rows) {
    spread += 2 * (before / total) * (each / total);
    before += each;
  }
  return spread;
}

function averageOf(values: readonly { value: number; weight: number }[]): number | undefined {
  let sum = 0;
  let weights = 0;
  for (const { value, weight } of values) {
    sum += value * weight;
    weights += weight;
  }
  return ratio(sum, weights);
}
