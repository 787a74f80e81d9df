import { create } from "@bufbuild/protobuf";
import type { Evaluation } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import {
  type JudgedMetric,
  JudgedMetricSchema,
  MetricVerdict,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { type Comparison, compareMeasurements, isLowerBetter } from "@slipway/metrics";
import type { Intervals } from "./results.ts";

/** What was measured on the whole dataset, or on a slice. */
export interface Part {
  metrics: { [metric: string]: number };
  intervals: Intervals;
}

/** The part of an evaluation that is compared: a slice, or without one the whole; undefined where it has no such slice. */
export function partOf(evaluation: Evaluation, slice: string): Part | undefined {
  return slice === "" ? evaluation : evaluation.slices.find((each) => each.slice === slice);
}

/** Every metric that both have, by name, compared as @slipway/metrics does. */
export function comparedMetrics(
  baseline: { evaluation: Evaluation; part: Part },
  candidate: { evaluation: Evaluation; part: Part },
): JudgedMetric[] {
  const declared = [...baseline.evaluation.lowerIsBetter, ...candidate.evaluation.lowerIsBetter];
  const obstacle = obstacleBetween(baseline.evaluation, candidate.evaluation);
  const shared = Object.keys(candidate.part.metrics).filter((metric) => Object.hasOwn(baseline.part.metrics, metric));
  return shared.sort().map((metric) => {
    const lowerIsBetter = isLowerBetter(metric, declared);
    const [before, after] = [measurementOf(baseline.part, metric), measurementOf(candidate.part, metric)];
    const found = compareMeasurements(before, after, lowerIsBetter);
    return create(JudgedMetricSchema, {
      metric,
      baseline: before.value,
      candidate: after.value,
      difference: found.difference,
      lowerIsBetter,
      ...(found.interval && { interval: found.interval }),
      verdict: obstacle === undefined ? MetricVerdict[found.verdict] : MetricVerdict.NO_EVIDENCE,
      reason: obstacle ?? reasonOf(found),
    });
  });
}

function measurementOf({ metrics, intervals }: Part, metric: string) {
  return { value: metrics[metric] ?? Number.NaN, interval: intervals[metric] };
}

/** Why two evaluations on one dataset say nothing about each other; undefined where they do. */
function obstacleBetween(baseline: Evaluation, candidate: Evaluation): string | undefined {
  const [before, after] = [baseline.datasetArtifact, candidate.datasetArtifact];
  if (before !== "" && after !== "" && before !== after) return "the datasets have one name and other bytes";
  if (baseline.positiveLabel !== candidate.positiveLabel) {
    return `the positive classes differ: "${baseline.positiveLabel}" and "${candidate.positiveLabel}"`;
  }
  return undefined;
}

function reasonOf({ interval, verdict }: Comparison): string {
  if (interval === undefined) return "no interval: chance alone may make the difference, and nothing tells how likely";
  if (verdict === "NO_EVIDENCE") return "the 95 % interval of the difference holds 0";
  return `the 95 % interval of the difference lies ${interval.lower > 0 ? "above" : "below"} 0`;
}
