import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Evaluation, EvaluationSchema, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { type Caller, RESOURCE_NAMES } from "@slipway/rpc";
import type { Results } from "./results.ts";

/** An evaluation as it is stored; it never changes. */
export interface StoredEvaluation {
  modelUid: string;
  versionUid: string;
  /** Without name, which follows from those of the model and the version. */
  evaluation: Evaluation;
}

/** What a client says about an evaluation, beside what was measured. */
export interface DescribedEvaluation {
  dataset: string;
  datasetArtifact: string;
  positiveLabel: string;
  lowerIsBetter: readonly string[];
  parameters: Readonly<Record<string, string>>;
}

/** A new evaluation: VERIFIED where one of Slipway's own services measured it, else CLAIMED. */
export function newEvaluation(
  described: DescribedEvaluation,
  results: Results,
  given: { modelUid: string; versionUid: string; uid: string; caller: Caller; nowMs: number },
): StoredEvaluation {
  const { dataset, datasetArtifact, positiveLabel, lowerIsBetter, parameters } = described;
  const { modelUid, versionUid, uid, caller, nowMs } = given;
  const evaluation = create(EvaluationSchema, {
    ...results,
    uid,
    dataset,
    datasetArtifact,
    positiveLabel,
    lowerIsBetter: [...lowerIsBetter],
    parameters: { ...parameters },
    source: caller.service ? EvaluationSource.VERIFIED : EvaluationSource.CLAIMED,
    creator: caller.principal,
    createTime: timestampFromMs(nowMs),
  });
  return { modelUid, versionUid, evaluation };
}

/** The evaluation as clients see it, under the names that its model and version have now. */
export function shownEvaluation({ evaluation }: StoredEvaluation, model: string, number: string): Evaluation {
  return { ...evaluation, name: RESOURCE_NAMES.evaluation.format({ model, number, uid: evaluation.uid }) };
}
