import {
  type Evaluation,
  EvaluationSource,
  type MetricInterval,
} from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type { Session } from "../command.ts";
import { formatTime } from "../format-time.ts";

/** What a table of slices shows of each, in this order, where some slice has it. */
const HEADLINES = ["accuracy", "precision", "recall", "f1", "f1_macro", "roc_auc", "log_loss", "mae", "rmse", "r2"];
const MOST_HEADLINES = 5;

/** `0.8889`; four digits behind the point, or four that count where the number is small. */
export function formatMetric(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size < 0.001 && size > 0)) return value.toPrecision(4);
  return value.toFixed(4);
}

/** `0.7939 to 0.8928`; empty without one. */
export function formatInterval(interval: MetricInterval | undefined): string {
  return interval === undefined ? "" : `${formatMetric(interval.lower)} to ${formatMetric(interval.upper)}`;
}

/** `accuracy 0.8500`, by name. */
export function formatMetrics(metrics: Readonly<Record<string, number>>): string[] {
  return Object.keys(metrics)
    .sort()
    .map((name) => `${name} ${formatMetric(metrics[name] ?? Number.NaN)}`);
}

/** What stands in one cell for a whole evaluation: its headlines, or without any its first metrics. */
export function formatHeadlines(metrics: Readonly<Record<string, number>>): string {
  const known = HEADLINES.filter((name) => metrics[name] !== undefined).slice(0, MOST_HEADLINES);
  return formatMetrics(known.length > 0 ? Object.fromEntries(known.map((name) => [name, metrics[name] ?? 0])) : metrics)
    .slice(0, MOST_HEADLINES)
    .join(", ");
}

/** `iris@1.0.0`. */
function versionOfEvaluation({ name }: Evaluation): string {
  const [, model = "", number = ""] = /^models\/(.+)\/versions\/([^/]+)\//.exec(name) ?? [];
  return `${model}@${number}`;
}

/** An evaluation for people: what it is, its metrics, its classes and its slices. */
export function printEvaluation(session: Session, evaluation: Evaluation): void {
  const { metrics, intervals, classes, slices } = evaluation;
  session.printFields([
    ["version", versionOfEvaluation(evaluation)],
    ["evaluation", evaluation.uid],
    ["dataset", evaluation.dataset],
    ["bytes", evaluation.datasetArtifact.replace(/^artifacts\//, "")],
    ["rows", evaluation.rowCount === 0n ? "" : String(evaluation.rowCount)],
    ["positive", evaluation.positiveLabel],
    [
      "parameters",
      Object.entries(evaluation.parameters)
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
    ],
    ["source", `${EvaluationSource[evaluation.source]} by ${evaluation.creator}`],
    ["recorded", formatTime(evaluation.createTime)],
  ]);
  session.print("\n");
  const rows = Object.keys(metrics).sort();
  session.printTable(
    ["METRIC", "VALUE", "95 % INTERVAL"],
    rows.map((name) => [name, formatMetric(metrics[name] ?? Number.NaN), formatInterval(intervals[name])]),
  );
  if (classes.length > 0) {
    session.print("\n");
    const value = (of: Readonly<Record<string, number>>, name: string) =>
      of[name] === undefined ? "" : formatMetric(of[name]);
    session.printTable(
      ["CLASS", "ROWS", "PRECISION", "RECALL", "F1"],
      classes.map((each) => [
        each.label,
        String(each.support),
        ...["precision", "recall", "f1"].map((name) => value(each.metrics, name)),
      ]),
    );
  }
  if (slices.length > 0) printSlices(session, evaluation);
}

function printSlices(session: Session, { slices }: Evaluation): void {
  const known = HEADLINES.filter((name) => slices.some(({ metrics }) => metrics[name] !== undefined));
  const names = (known.length > 0 ? known : Object.keys(slices[0]?.metrics ?? {}).sort()).slice(0, MOST_HEADLINES);
  session.print("\n");
  session.printTable(
    ["SLICE", "ROWS", ...names.map((name) => name.toUpperCase())],
    slices.map(({ slice, rowCount, metrics }) => [
      slice,
      rowCount === 0n ? "" : String(rowCount),
      ...names.map((name) => (metrics[name] === undefined ? "" : formatMetric(metrics[name]))),
    ]),
  );
}
