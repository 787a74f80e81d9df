import type { PredictionRows } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { invalid } from "./results.ts";

/** The columns of a stream. */
type Column = "labels" | "predictions" | "scores" | "targets" | "estimates" | "weights" | "slices";
const COLUMNS: readonly Column[] = ["labels", "predictions", "scores", "targets", "estimates", "weights", "slices"];

/** Which columns the rows of a stream have. */
export type Columns = Readonly<Record<Column, boolean>>;

/** Whether rows have labels, or numbers to be estimated. */
export function isClassification(columns: Columns): boolean {
  return columns.labels;
}

/**
 * The columns of the first rows. Throws EVALUATION_INVALID where they are neither those of a classification nor of a
 * regression, and for scores without a positive class.
 */
export function columnsOf(rows: PredictionRows, positiveLabel: string): Columns {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, rows[name].length > 0])) as Columns;
  const { labels, predictions, scores, targets, estimates } = columns;
  if (labels === targets) {
    const problem = labels ? "rows have labels or targets, not both" : "rows need labels, or targets for a regression";
    throw invalid(problem, labels ? "rows.targets" : "rows.labels");
  }
  if (labels && !predictions && !scores) throw invalid("labels need predictions or scores", "rows.predictions");
  if (labels && estimates) throw invalid("estimates belong to targets, not to labels", "rows.estimates");
  if (targets && !estimates) throw invalid("targets need estimates", "rows.estimates");
  if (targets && (predictions || scores)) {
    throw invalid(
      "predictions and scores belong to labels, not to targets",
      predictions ? "rows.predictions" : "rows.scores",
    );
  }
  if (scores && positiveLabel === "") {
    throw invalid("scores need the positive class that they are about", "header.positive_label");
  }
  if (targets && positiveLabel !== "") throw invalid("a regression has no positive class", "header.positive_label");
  return columns;
}

/** How many rows there are. Throws EVALUATION_INVALID for columns of another length, or others than at first. */
export function rowCountOf(rows: PredictionRows, columns: Columns): number {
  const leading = columns.labels ? "labels" : "targets";
  const count = rows[leading].length;
  if (count === 0) throw invalid("a message of rows has none", `rows.${leading}`);
  for (const name of COLUMNS) {
    const { length } = rows[name];
    if (length === (columns[name] ? count : 0)) continue;
    const problem = columns[name]
      ? `${count} ${leading} and ${length} ${name}: columns must be of one length`
      : `${name} appear in later rows, but the first ones had none`;
    throw invalid(problem, `rows.${name}`);
  }
  return count;
}
