import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { type ReviewPolicy, ReviewPolicySchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import {
  DeleteReviewPolicyResponseSchema,
  type ReviewService,
  UpdateReviewPolicyResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { type Caller, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { reviewPolicyOwnerOf } from "../names/resource-name.ts";
import { newReviewPolicy, reviewPolicyName, shownReviewPolicy } from "./review-policy.ts";
import type { EffectiveReviewPolicy, ReviewPolicyStore } from "./review-policy-store.ts";

export interface ReviewPolicyServiceOptions {
  models: ModelStore;
  reviewPolicies: ReviewPolicyStore;
  changes: ChangeStore;
}

type ReviewPolicyHandlers = Pick<
  Handlers<typeof ReviewService>,
  "getReviewPolicy" | "updateReviewPolicy" | "deleteReviewPolicy"
>;

/** GetReviewPolicy, UpdateReviewPolicy and DeleteReviewPolicy. */
export function reviewPolicyHandlers({
  models,
  reviewPolicies,
  changes,
}: ReviewPolicyServiceOptions): ReviewPolicyHandlers {
  /** The model that a policy belongs to, held as it was read, so that it is not purged meanwhile; none: the tenant. */
  async function ownerOf({ tenantUid }: Caller, model: string | undefined) {
    if (model === undefined) return { uid: undefined, holds: [] };
    const stored = liveModel(await models.find(tenantUid, model), `models/${model}`);
    return { uid: stored.model.uid, holds: [models.check(tenantUid, stored)] };
  }

  return {
    async getReviewPolicy({ name }, context) {
      const caller = callerOf(context);
      const model = reviewPolicyOwnerOf(caller, name, "name");
      const { uid } = await ownerOf(caller, model);
      return { policy: shownEffective(await reviewPolicies.effective(caller.tenantUid, uid), model) };
    },

    async updateReviewPolicy(request, context) {
      const caller = callerOf(context);
      const { tenantUid, principal } = caller;
      const { policy: sent = create(ReviewPolicySchema) } = request;
      const model = reviewPolicyOwnerOf(caller, sent.name, "policy.name");
      const name = reviewPolicyName(model);
      const policy = newReviewPolicy(sent, { updater: principal, nowMs: changes.nowMs() });
      return changes.change(context, request, { key: model ?? name, name }, async () => {
        const { uid, holds } = await ownerOf(caller, model);
        const stored = await reviewPolicies.own(tenantUid, uid);
        checkEtag(sent.etag, stored.policy === undefined ? 0 : stored.revision, name);
        const shown = shownReviewPolicy(policy, name, stored.revision + 1);
        const subject = policySubject(shown, uid ?? tenantUid, stored.revision + 1);
        return {
          writes: [
            reviewPolicies.put(tenantUid, uid, stored, policy),
            ...holds,
            changes.event(caller, "slipway.review-policy.updated", subject),
          ],
          response: create(UpdateReviewPolicyResponseSchema, { policy: shown }),
        };
      });
    },

    async deleteReviewPolicy(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const model = reviewPolicyOwnerOf(caller, request.name, "name");
      const name = reviewPolicyName(model);
      return changes.change(context, request, { key: model ?? name, name }, async () => {
        const { uid, holds } = await ownerOf(caller, model);
        const stored = await reviewPolicies.own(tenantUid, uid);
        if (stored.policy === undefined) throw fail("REVIEW_POLICY_NOT_FOUND", { name });
        checkEtag(request.etag, stored.revision, name);
        const deleted = shownReviewPolicy(stored.policy, name, stored.revision + 1);
        const subject = policySubject(deleted, uid ?? tenantUid, stored.revision + 1);
        const above = await reviewPolicies.above(tenantUid, uid);
        return {
          writes: [
            reviewPolicies.put(tenantUid, uid, stored, undefined),
            ...holds,
            ...above.holds,
            changes.event(caller, "slipway.review-policy.deleted", subject),
          ],
          response: create(DeleteReviewPolicyResponseSchema, { policy: shownEffective(above, undefined) }),
        };
      });
    },
  };
}

function shownEffective({ policy, revision, isOfModel }: EffectiveReviewPolicy, model: string | undefined) {
  return shownReviewPolicy(policy, reviewPolicyName(isOfModel ? model : undefined), revision);
}

/** What an event about a policy carries; `uid`: of the model or the tenant that it belongs to. */
function policySubject(shown: ReviewPolicy, uid: string, revision: number) {
  return { name: shown.name, uid, revision, payload: toJson(ReviewPolicySchema, shown) as JsonObject };
}
