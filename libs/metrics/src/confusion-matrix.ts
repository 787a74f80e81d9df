/** How often each class was taken for which. */
export interface ConfusionMatrix {
  labels: readonly string[];
  /** Rows, or their weights: row by row the true class, in each the predicted ones; `labels.length` squared, 0 or more. */
  cells: ArrayLike<number>;
  /** Whether the cells count rows of equal weight. Only then do intervals follow from them. */
  counted: boolean;
}

/** Its sums: what is true, what is predicted, and what is both, by class. */
export interface ClassTotals {
  actual: number[];
  predicted: number[];
  correct: number[];
  total: number;
}

/** Counts of two classes, of which one is the positive one. */
export interface BinaryCounts {
  truePositives: number;
  trueNegatives: number;
  falsePositives: number;
  falseNegatives: number;
  /** As in ConfusionMatrix. */
  counted: boolean;
}

export function totalsOf({ labels, cells }: ConfusionMatrix): ClassTotals {
  const size = labels.length;
  const totals: ClassTotals = {
    actual: new Array<number>(size).fill(0),
    predicted: new Array<number>(size).fill(0),
    correct: new Array<number>(size).fill(0),
    total: 0,
  };
  for (let actual = 0; actual < size; actual += 1) {
    for (let predicted = 0; predicted < size; predicted += 1) {
      const cell = cells[actual * size + predicted] ?? 0;
      totals.actual[actual] = (totals.actual[actual] ?? 0) + cell;
      totals.predicted[predicted] = (totals.predicted[predicted] ?? 0) + cell;
      if (actual === predicted) totals.correct[actual] = cell;
      totals.total += cell;
    }
  }
  return totals;
}

/** One class against all others. */
export function countsOfClass(totals: ClassTotals, index: number, counted: boolean): BinaryCounts {
  const truePositives = totals.correct[index] ?? 0;
  const falseNegatives = (totals.actual[index] ?? 0) - truePositives;
  const falsePositives = (totals.predicted[index] ?? 0) - truePositives;
  const trueNegatives = totals.total - truePositives - falseNegatives - falsePositives;
  return { truePositives, trueNegatives, falsePositives, falseNegatives, counted };
}

/** Two classes as a matrix: first what is not positive. */
export function matrixOf(counts: BinaryCounts): ConfusionMatrix {
  const { truePositives, trueNegatives, falsePositives, falseNegatives, counted } = counts;
  return {
    labels: ["negative", "positive"],
    cells: [trueNegatives, falsePositives, falseNegatives, truePositives],
    counted,
  };
}
