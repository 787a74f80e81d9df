import type { PredictionRows } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { invalid } from "./results.ts";

/** Of a class and of a slice, in characters. */
const LONGEST_NAME = 256;

/** One row of a stream; what its stream has no column for is absent. */
export interface PredictionRow {
  label: string | undefined;
  prediction: string | undefined;
  score: number | undefined;
  target: number | undefined;
  estimate: number | undefined;
  weight: number | undefined;
  /** Empty: in none. */
  slice: string;
}

export function rowAt(rows: PredictionRows, index: number): PredictionRow {
  return {
    label: rows.labels[index],
    prediction: rows.predictions[index],
    score: rows.scores[index],
    target: rows.targets[index],
    estimate: rows.estimates[index],
    weight: rows.weights[index],
    slice: rows.slices[index] ?? "",
  };
}

/** Throws EVALUATION_INVALID for a row that cannot be counted; `number` is its own in the stream, from 1. */
export function checkRow(row: PredictionRow, number: number): void {
  checkName(row.label, "label", number);
  checkName(row.prediction, "prediction", number);
  checkNumber(row.score, "score", number);
  checkNumber(row.target, "target", number);
  checkNumber(row.estimate, "estimate", number);
  checkNumber(row.weight, "weight", number);
  if (row.weight !== undefined && row.weight < 0) {
    throw invalid(`row ${number} has the weight ${row.weight}, which is below 0`, "rows.weights");
  }
  if (row.slice.length > LONGEST_NAME) {
    throw invalid(`row ${number} has a slice of more than ${LONGEST_NAME} characters`, "rows.slices");
  }
}

function checkName(name: string | undefined, what: string, number: number): void {
  if (name === undefined || (name !== "" && name.length <= LONGEST_NAME)) return;
  const problem = name === "" ? `an empty ${what}` : `a ${what} of more than ${LONGEST_NAME} characters`;
  throw invalid(`row ${number} has ${problem}`, `rows.${what}s`);
}

function checkNumber(value: number | undefined, what: string, number: number): void {
  if (value === undefined || Number.isFinite(value)) return;
  throw invalid(`row ${number} has the ${what} ${value}, which is no finite number`, `rows.${what}s`);
}
