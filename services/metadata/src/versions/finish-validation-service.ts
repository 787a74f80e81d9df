import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import {
  type FinishValidationRequest,
  type FinishValidationResponse,
  FinishValidationResponseSchema,
  type VersionService,
} from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import { faultPoint } from "@slipway/runtime";
import type { ChangeStore, Plan } from "../changes/change-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import type { StageWorker } from "../transitions/stage-worker.ts";
import { decideAdmission, keptFindings, mayDecide } from "./admission.ts";
import { rankedModel, rankingOf, rankingWith } from "./ranking.ts";
import { changedVersion, type StoredVersion, shownVersion, versionResourceName } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import type { VersionStore } from "./version-store.ts";

export interface FinishValidationServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  stages: StageWorker;
  changes: ChangeStore;
  publicUrl: string;
}

/** FinishValidation. */
export function finishValidationHandlers({
  models,
  versions,
  stages,
  changes,
  publicUrl,
}: FinishValidationServiceOptions): Pick<Handlers<typeof VersionService>, "finishValidation"> {
  async function parentOf(tenantUid: string, stored: StoredVersion): Promise<StoredModel> {
    const parent = await models.get(tenantUid, stored.modelUid);
    if (parent === undefined) throw fail("VERSION_NOT_FOUND", { name: `the version ${stored.version.uid}` });
    return parent;
  }

  /** Everything that the outcome changes, in one commit. */
  async function plan(
    context: CallContext,
    request: FinishValidationRequest,
    stored: StoredVersion,
    parent: StoredModel,
  ): Promise<Plan<FinishValidationResponse>> {
    const { tenantUid } = callerOf(context);
    const nowMs = changes.nowMs();
    const { run, verdict, findings } = request;
    const { state, stateReason } = decideAdmission(request);
    const isPublished = state === VersionState.PUBLISHED;
    const decided = changedVersion(stored, nowMs, {
      state,
      stateReason,
      verdict,
      findings: keptFindings(findings),
      admissionRun: run,
      ...(isPublished && { publishTime: timestampFromMs(nowMs) }),
    });
    const ranking = isPublished
      ? rankingWith(rankingOf(parent), decided)
      : await versions.rankingWithout(tenantUid, parent, stored.version.number);
    const ranked = rankedModel(parent, nowMs, ranking);
    const entered = isPublished
      ? await stages.publish(callerOf(context), ranked, decided)
      : { model: ranked, version: decided, writes: [] };
    const types = isPublished ? ["slipway.version.ready", "slipway.version.published"] : ["slipway.version.rejected"];
    const subject = versionSubject(entered.version, parent.model, publicUrl);
    return {
      writes: [
        models.replace(tenantUid, entered.model),
        versions.replace(tenantUid, entered.version),
        ...entered.writes,
        ...types.map((type) => changes.event(callerOf(context), type, subject)),
      ],
      response: respond(entered.version, entered.version.revision + 1, parent),
    };
  }

  function respond(stored: StoredVersion, revision: number, { model }: StoredModel): FinishValidationResponse {
    const version = shownVersion(stored, revision, modelNameOf(model), publicUrl);
    return create(FinishValidationResponseSchema, { version });
  }

  return {
    async finishValidation(request, context) {
      const { tenantUid } = callerOf(context);
      const found = await versions.byUid(tenantUid, request.versionUid);
      if (found === undefined) throw fail("VERSION_NOT_FOUND", { name: `the version ${request.versionUid}` });
      const model = modelNameOf((await parentOf(tenantUid, found)).model);
      const name = versionResourceName(model, found.version.number);
      const turn = { key: `${tenantUid}/${model}`, name, signal: context.signal };
      const response = await changes.inTurn(turn, async () => {
        const stored = await versions.get(tenantUid, found.modelUid, found.version.number);
        if (stored === undefined) throw fail("VERSION_NOT_FOUND", { name });
        const parent = await parentOf(tenantUid, stored);
        if (!mayDecide(stored, request.run, name)) {
          return { writes: [], response: respond(stored, stored.revision, parent) };
        }
        faultPoint("metadata.validation.deciding" satisfies MetadataFaultPoint);
        return plan(context, request, stored, parent);
      });
      faultPoint("metadata.validation.committed" satisfies MetadataFaultPoint);
      return response;
    },
  };
}
