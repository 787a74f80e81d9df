import type {
  BinaryCounts as BinaryCountsMessage,
  ConfusionMatrix as ConfusionMatrixMessage,
} from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type { Measured, RecordEvaluationRequest } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { binaryMetrics, type ClassResult, type MetricSet, matrixMetrics, plain } from "@slipway/metrics";
import { invalid, type Results } from "./results.ts";

/** The forms in words. */
const WORDS: Record<string, string> = { counts: "counts", matrix: "a matrix", metrics: "metrics" };

/**
 * What follows from the counts or metrics of a request, of the whole and of each slice. Throws EVALUATION_INVALID for a
 * matrix without rows or of another size than its labels, a positive class that is none of them, slices twice or in another
 * form than the whole, and directions of metrics that are not there.
 */
export function resultsOfMeasured(request: RecordEvaluationRequest): Results {
  const { measured, slices, positiveLabel } = request;
  const whole = resultsOf(measured, positiveLabel, "measured");
  checkDirections(request, whole);
  const seen = new Set<string>();
  return {
    ...whole,
    slices: slices.map((each, index) => {
      const field = `slices[${index}]`;
      if (seen.has(each.slice)) throw invalid(`the slice "${each.slice}" is there twice`, `${field}.slice`);
      seen.add(each.slice);
      const [form = "", needed = ""] = [each.measured?.form.case, measured?.form.case];
      if (form !== needed) {
        const problem = `the slice "${each.slice}" gives ${WORDS[form]} and the whole dataset ${WORDS[needed]}`;
        throw invalid(problem, `${field}.measured`);
      }
      const { metrics, intervals, rowCount } = resultsOf(each.measured, positiveLabel, `${field}.measured`);
      return { slice: each.slice, ...definedOf({ metrics, intervals, rowCount }) };
    }),
  };
}

/** Directions belong to metrics that were given. */
function checkDirections({ lowerIsBetter }: RecordEvaluationRequest, { metrics }: Results): void {
  for (const [index, name] of lowerIsBetter.entries()) {
    if (metrics === undefined || Object.hasOwn(metrics, name)) continue;
    throw invalid(`"${name}" is no metric of it`, `lower_is_better[${index}]`);
  }
}

function resultsOf(measured: Measured | undefined, positiveLabel: string, field: string): Results {
  const form = measured?.form;
  switch (form?.case) {
    case "counts":
      return resultsOfCounts(form.value);
    case "matrix":
      return resultsOfMatrix(form.value, positiveLabel, `${field}.matrix`);
    case "metrics":
      return { metrics: plainOf(form.value.values), rowCount: form.value.rowCount };
    default:
      throw invalid("it says nothing of what was measured", field);
  }
}

function resultsOfCounts(counts: BinaryCountsMessage): Results {
  const { truePositives, trueNegatives, falsePositives, falseNegatives } = counts;
  const set = binaryMetrics({
    truePositives: Number(truePositives),
    trueNegatives: Number(trueNegatives),
    falsePositives: Number(falsePositives),
    falseNegatives: Number(falseNegatives),
    counted: true,
  });
  return { ...fieldsOf(set), counts, rowCount: truePositives + trueNegatives + falsePositives + falseNegatives };
}

function resultsOfMatrix(matrix: ConfusionMatrixMessage, positiveLabel: string, field: string): Results {
  const { labels, cells } = matrix;
  const needed = labels.length ** 2;
  if (cells.length !== needed) {
    const problem = `${labels.length} labels need ${needed} cells, row by row, and there are ${cells.length}`;
    throw invalid(problem, `${field}.cells`);
  }
  if (positiveLabel !== "" && !labels.includes(positiveLabel)) {
    throw invalid(`the positive class "${positiveLabel}" is no label of the matrix`, "positive_label");
  }
  const rows = cells.reduce((sum, cell) => sum + cell, 0);
  if (rows === 0) throw invalid("the matrix has no rows: all its cells are 0", `${field}.cells`);
  const counted = cells.every(Number.isInteger);
  const { set, classes } = matrixMetrics({ labels, cells, counted }, positiveLabel || undefined);
  return {
    ...fieldsOf(set),
    classes: classes.map(classFieldsOf),
    confusionMatrix: { labels, cells: cells.map(plain) },
    rowCount: counted ? BigInt(rows) : 0n,
  };
}

function plainOf(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
}

/** A set as the fields of a message. */
export function fieldsOf({ metrics, intervals }: MetricSet) {
  return { metrics, intervals };
}

/** The metrics of a class as a message. */
export function classFieldsOf({ label, support, set }: ClassResult) {
  return { label, support, ...fieldsOf(set) };
}

function definedOf<T extends object>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
