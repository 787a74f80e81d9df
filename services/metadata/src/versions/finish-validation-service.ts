import { create } from "@bufbuild/protobuf";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import {
  type FinishValidationRequest,
  type FinishValidationResponse,
  FinishValidationResponseSchema,
  type VersionService,
} from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import { faultPoint } from "@slipway/runtime";
import type { Actor, ChangeStore, Plan } from "../changes/change-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { asksForReview } from "../reviews/review-policy.ts";
import type { ReviewPolicyStore } from "../reviews/review-policy-store.ts";
import type { Entered } from "../transitions/stage-worker.ts";
import { decideAdmission, keptFindings, mayDecide } from "./admission.ts";
import type { PublicationWorker } from "./publication-worker.ts";
import { rankedModel, rankingOf, rankingWith } from "./ranking.ts";
import { changedVersion, type StoredVersion, shownVersion, versionResourceName } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import type { VersionStore } from "./version-store.ts";

export interface FinishValidationServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  reviewPolicies: ReviewPolicyStore;
  publications: PublicationWorker;
  changes: ChangeStore;
  publicUrl: string;
}

/** FinishValidation. */
export function finishValidationHandlers({
  models,
  versions,
  reviewPolicies,
  publications,
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
    const { policy, holds } = await reviewPolicies.effective(tenantUid, stored.modelUid);
    const { state, stateReason } = decideAdmission(request, asksForReview(policy));
    const outcome = { state, stateReason, verdict, findings: keptFindings(findings), admissionRun: run };
    const decided = await become(callerOf(context), parent, changedVersion(stored, nowMs, outcome));
    const subject = versionSubject(decided.version, parent.model, publicUrl);
    return {
      writes: [
        models.replace(tenantUid, decided.model),
        versions.replace(tenantUid, decided.version),
        ...decided.writes,
        ...holds,
        ...eventsOf(state).map((type) => changes.event(callerOf(context), type, subject)),
      ],
      response: respond(decided.version, decided.version.revision + 1, parent),
    };
  }

  /** What else changes with a version that is admitted, waits for reviewers, or is rejected. */
  async function become(by: Actor, parent: StoredModel, version: StoredVersion): Promise<Entered> {
    const { state, number } = version.version;
    if (state === VersionState.PUBLISHED) return publications.publish(by, parent, version);
    const ranking =
      state === VersionState.READY
        ? rankingWith(rankingOf(parent), version)
        : await versions.rankingWithout(by.tenantUid, parent, number);
    return { model: rankedModel(parent, changes.nowMs(), ranking), version, writes: [] };
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

/** What admission tells of. */
function eventsOf(state: VersionState): string[] {
  if (state === VersionState.REJECTED) return ["slipway.version.rejected"];
  return state === VersionState.READY
    ? ["slipway.version.ready"]
    : ["slipway.version.ready", "slipway.version.published"];
}
