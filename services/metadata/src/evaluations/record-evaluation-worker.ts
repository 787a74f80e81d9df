import { type JsonObject, type Message, toJson } from "@bufbuild/protobuf";
import { type Evaluation, EvaluationSchema } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { type CallContext, callerOf } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { artifactOf, versionOf } from "../names/resource-name.ts";
import type { ArtifactClient } from "../versions/artifact-client.ts";
import { changedVersion, visibleVersion } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { type DescribedEvaluation, newEvaluation, shownEvaluation } from "./evaluation.ts";
import type { EvaluationStore } from "./evaluation-store.ts";
import type { Results } from "./results.ts";
import { scoredWith } from "./version-scores.ts";

export interface EvaluationParts {
  models: ModelStore;
  versions: VersionStore;
  evaluations: EvaluationStore;
  artifacts: ArtifactClient;
  changes: ChangeStore;
}

/** What is recorded, of which version. */
export interface Recorded {
  parent: string;
  /** Path in the request of the parent, for errors. */
  field: string;
  described: DescribedEvaluation;
  results: Results;
}

/** The version of a name, for a contributor. Throws VERSION_NOT_FOUND and MODEL_DELETED. */
export async function evaluatedVersion(parts: EvaluationParts, context: CallContext, parent: string, field: string) {
  const { tenantUid } = callerOf(context);
  const { model, number } = versionOf(callerOf(context), parent, field);
  const found = await parts.versions.find(tenantUid, model, number);
  const version = visibleVersion(found?.version, false, parent);
  return { model, number, version, stored: liveModel(found?.model, `models/${model}`) };
}

/**
 * Records an evaluation together with what its version then shows, and its event. Once per request id; throws
 * VERSION_NOT_FOUND, MODEL_DELETED, ARTIFACT_NOT_FOUND and EVALUATION_INVALID.
 */
export async function recordEvaluation<Response extends Message>(
  parts: EvaluationParts,
  context: CallContext,
  request: Message & { requestId: string },
  { parent, field, described, results }: Recorded,
  respond: (evaluation: Evaluation) => Response,
): Promise<Response> {
  const { models, versions, evaluations, artifacts, changes } = parts;
  const caller = callerOf(context);
  const { tenantUid } = caller;
  const { model: key } = versionOf(caller, parent, field);
  const datasetArtifact =
    described.datasetArtifact === "" ? "" : artifactOf(caller, described.datasetArtifact, datasetField(field));
  return changes.once<Response>(context, request, async (record) => {
    if (datasetArtifact !== "") await artifacts.checkExists(context, datasetArtifact);
    const turn = { key: `${tenantUid}/${key}`, name: parent, signal: context.signal };
    return changes.inTurn(
      turn,
      async () => {
        const { model, number, version, stored } = await evaluatedVersion(parts, context, parent, field);
        const nowMs = changes.nowMs();
        const made = newEvaluation({ ...described, datasetArtifact }, results, {
          modelUid: stored.model.uid,
          versionUid: version.version.uid,
          uid: changes.uid(),
          caller,
          nowMs,
        });
        const before = { metrics: version.version.metrics, scores: version.scores };
        const scored = scoredWith(before, made.evaluation, stored.model.primaryDataset);
        const shown = shownEvaluation(made, model, number);
        const payload = toJson(EvaluationSchema, shown) as JsonObject;
        return {
          writes: [
            evaluations.insert(tenantUid, made),
            scored === before
              ? versions.check(tenantUid, version)
              : versions.replace(tenantUid, {
                  ...changedVersion(version, nowMs, { metrics: { ...scored.metrics } }),
                  ...(scored.scores && { scores: scored.scores }),
                }),
            // Which dataset is the primary one does not change under it.
            models.check(tenantUid, stored),
            changes.event(caller, "slipway.evaluation.recorded", {
              name: shown.name,
              uid: shown.uid,
              revision: 1,
              payload,
            }),
          ],
          response: respond(shown),
        };
      },
      record,
    );
  });
}

/** Where the same request has the artifact. */
function datasetField(parentField: string): string {
  return parentField.replace(/parent$/, "dataset_artifact");
}
