import type { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import { versionOf } from "../names/resource-name.ts";
import { isViewer, ofLiveModel, visibleVersion } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { comparedMetrics, partOf } from "./compared.ts";
import { shownEvaluation } from "./evaluation.ts";
import type { EvaluationStore } from "./evaluation-store.ts";
import { invalid } from "./results.ts";

export interface CompareEvaluationsServiceOptions {
  versions: VersionStore;
  evaluations: EvaluationStore;
}

/** CompareEvaluations. */
export function compareEvaluationsHandlers({
  versions,
  evaluations,
}: CompareEvaluationsServiceOptions): Pick<Handlers<typeof EvaluationService>, "compareEvaluations"> {
  async function versionNamed(context: CallContext, name: string, field: string) {
    const caller = callerOf(context);
    const { model, number } = versionOf(caller, name, field);
    const found = ofLiveModel(await versions.find(caller.tenantUid, model, number));
    const { version, scores } = visibleVersion(found?.version, isViewer(caller), name);
    const usual = found?.model.model.primaryDataset || scores?.first;
    return { name, model, number, uid: version.uid, usual };
  }

  type Named = Awaited<ReturnType<typeof versionNamed>>;

  async function evaluationOf(
    context: CallContext,
    { name, model, number, uid }: Named,
    dataset: string,
    slice: string,
  ) {
    const stored = await evaluations.latest(callerOf(context).tenantUid, uid, dataset);
    const part = stored && partOf(stored.evaluation, slice);
    if (stored === undefined || part === undefined) {
      const what = slice === "" ? `"${dataset}"` : `the slice "${slice}" of "${dataset}"`;
      throw fail("EVALUATION_MISSING", { name, what });
    }
    return { evaluation: shownEvaluation(stored, model, number), part };
  }

  return {
    async compareEvaluations(request, context) {
      const baseline = await versionNamed(context, request.baseline, "baseline");
      const candidate = await versionNamed(context, request.candidate, "candidate");
      const dataset = request.dataset || candidate.usual;
      if (dataset === undefined) {
        throw invalid("no dataset is named, and the candidate was never evaluated on any", "dataset");
      }
      const before = await evaluationOf(context, baseline, dataset, request.slice);
      const after = await evaluationOf(context, candidate, dataset, request.slice);
      return {
        dataset,
        baselineEvaluation: before.evaluation.name,
        candidateEvaluation: after.evaluation.name,
        metrics: comparedMetrics(before, after),
      };
    },
  };
}
