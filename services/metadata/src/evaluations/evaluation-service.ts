import { create } from "@bufbuild/protobuf";
import { EvaluationSchema } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import {
  type EvaluationService,
  RecordEvaluationResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { callerOf, fail, type Handlers, RESOURCE_NAMES } from "@slipway/rpc";
import { versionOf } from "../names/resource-name.ts";
import { fittingCount } from "../search/page-bytes.ts";
import { isViewer, ofLiveModel, versionResourceName, visibleVersion } from "../versions/version.ts";
import { shownEvaluation } from "./evaluation.ts";
import { evaluationQuery } from "./evaluation-search.ts";
import { resultsOfMeasured } from "./measured.ts";
import { type EvaluationParts, recordEvaluation } from "./record-evaluation-worker.ts";

/** RecordEvaluation, GetEvaluation and ListEvaluations. */
export function evaluationHandlers(
  parts: EvaluationParts,
): Pick<Handlers<typeof EvaluationService>, "recordEvaluation" | "getEvaluation" | "listEvaluations"> {
  const { versions, evaluations } = parts;
  return {
    async recordEvaluation(request, context) {
      const results = resultsOfMeasured(request);
      const recorded = { parent: request.parent, field: "parent", described: request, results };
      return recordEvaluation(parts, context, request, recorded, (evaluation) =>
        create(RecordEvaluationResponseSchema, { evaluation }),
      );
    },

    async getEvaluation(request, context) {
      const caller = callerOf(context);
      const { uid, ...version } = RESOURCE_NAMES.evaluation.parseIn(caller.tenant, request.name, "name");
      const parent = versionResourceName(version.model, version.number);
      const { model, number } = versionOf(caller, parent, "name");
      const found = ofLiveModel(await versions.find(caller.tenantUid, model, number));
      const evaluated = visibleVersion(found?.version, isViewer(caller), parent);
      const stored = await evaluations.get(caller.tenantUid, uid);
      if (stored?.versionUid !== evaluated.version.uid) throw fail("EVALUATION_NOT_FOUND", { name: request.name });
      return { evaluation: shownEvaluation(stored, model, number) };
    },

    async listEvaluations(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const { model, number } = versionOf(caller, request.parent, "parent");
      const found = ofLiveModel(await versions.find(tenantUid, model, number));
      const { version } = visibleVersion(found?.version, isViewer(caller), request.parent);
      const query = evaluationQuery(request, version.uid);
      let page = await evaluations.list(tenantUid, query, request);
      const fitting = fittingCount(
        EvaluationSchema,
        page.evaluations.map(({ evaluation }) => evaluation),
      );
      if (fitting < page.evaluations.length) {
        page = await evaluations.list(tenantUid, query, { ...request, pageSize: fitting });
      }
      return {
        evaluations: page.evaluations.map((stored) => shownEvaluation(stored, model, number)),
        nextPageToken: page.nextPageToken,
      };
    },
  };
}
