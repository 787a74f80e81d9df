import { type Evaluation, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { invalid } from "./results.ts";

/** As the proto says. */
const MAXIMUM_METRICS = 200;

/** Where the metrics of a version come from. */
export interface VersionScores {
  /** The dataset of its first evaluation. */
  first: string;
  /** The dataset of the metrics that it shows. */
  dataset: string;
  /** Those that a VERIFIED evaluation measured. */
  verified: string[];
}

/** The metrics that a version shows, and where they come from; undefined before its first evaluation. */
export interface Scored {
  metrics: Readonly<Record<string, number>>;
  scores: VersionScores | undefined;
}

/**
 * What a version shows once an evaluation is recorded: per metric the latest on the primary dataset, VERIFIED before CLAIMED.
 * Without a primary dataset that of the first evaluation counts. Where the primary dataset became another one, the first
 * evaluation on that one replaces all. Gives the same object where nothing changes; throws EVALUATION_INVALID for more than
 * 200 metrics.
 */
export function scoredWith(before: Scored, evaluation: Evaluation, primaryDataset: string): Scored {
  const first = before.scores?.first ?? evaluation.dataset;
  const wanted = primaryDataset || first;
  if (evaluation.dataset !== wanted) {
    return before.scores === undefined
      ? { metrics: before.metrics, scores: { first, dataset: "", verified: [] } }
      : before;
  }
  const goesOn = before.scores?.dataset === wanted;
  const metrics: Record<string, number> = { ...(goesOn ? before.metrics : {}) };
  const verified = new Set(goesOn ? before.scores?.verified : []);
  const isVerified = evaluation.source === EvaluationSource.VERIFIED;
  for (const [name, value] of Object.entries(evaluation.metrics)) {
    if (verified.has(name) && !isVerified) continue;
    metrics[name] = value;
    if (isVerified) verified.add(name);
  }
  const count = Object.keys(metrics).length;
  if (count > MAXIMUM_METRICS) {
    throw invalid(`the version would show ${count} metrics; at most ${MAXIMUM_METRICS}`, "measured.metrics");
  }
  return { metrics, scores: { first, dataset: wanted, verified: [...verified].sort() } };
}
