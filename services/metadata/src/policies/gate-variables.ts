import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { type Evaluation, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";

/** What one evaluation of the version tells a gate. */
export interface GateEvaluation {
  /** Name of the dataset. */
  dataset: string;
  /** Whether a workflow computed it; false: a client claimed it. */
  verified: boolean;
  /** By the metric's name, whole slice. */
  metrics: Readonly<Record<string, number>>;
}

/** What gates see of an evaluation. */
export function gateEvaluation({ dataset, source, metrics }: Evaluation): GateEvaluation {
  return { dataset, verified: source === EvaluationSource.VERIFIED, metrics };
}

/** What gates look at. */
export interface GateVariables {
  /** The version that is to move, in the stage that it is in before. */
  version: Version;
  /** Of the version, the last 100, the latest first. */
  evaluations: readonly GateEvaluation[];
  /** What is in the stage that it would enter: see Gate.expression in the proto. */
  incumbent: Version | undefined;
}

/** The variables as values of CEL. */
export function gateValues({ version, evaluations, incumbent }: GateVariables) {
  return {
    version: versionValues(version),
    evaluations: evaluations.map(({ dataset, verified, metrics }) => ({ dataset, verified, metrics: mapOf(metrics) })),
    findings: version.findings.map(({ rule, severity, path }) => ({ rule, severity: Verdict[severity], path })),
    incumbent: incumbent === undefined ? null : versionValues(incumbent),
  };
}

function versionValues(version: Version) {
  const { number, stage, labels, tags, metrics, author, creator, summary, sizeBytes, verdict } = version;
  return {
    number,
    stage,
    labels,
    tags: mapOf(tags),
    metrics: mapOf(metrics),
    author,
    creator,
    framework: summary?.framework ?? "",
    formats: summary?.formats ?? [],
    sizeBytes,
    verdict: Verdict[verdict] ?? "",
  };
}

/** Keys are anybody's words: a Map has no inherited ones. */
function mapOf<T>(record: Readonly<Record<string, T>>): Map<string, T> {
  return new Map(Object.entries(record));
}
