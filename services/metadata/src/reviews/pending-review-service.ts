import { create } from "@bufbuild/protobuf";
import { type PendingReview, PendingReviewSchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import type { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { ListVersionsRequestSchema } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import { existingModel, modelNameOf } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { modelOrAllOf } from "../names/resource-name.ts";
import { fittingCount } from "../search/page-bytes.ts";
import { type StoredVersion, shownVersion, versionResourceName } from "../versions/version.ts";
import { versionQuery } from "../versions/version-search.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { shownReview } from "./review.ts";
import { missingFields } from "./review-policy.ts";
import type { ReviewPolicyStore } from "./review-policy-store.ts";

export interface PendingReviewServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  reviewPolicies: ReviewPolicyStore;
  publicUrl: string;
}

/** ListPendingReviews. */
export function pendingReviewHandlers({
  models,
  versions,
  reviewPolicies,
  publicUrl,
}: PendingReviewServiceOptions): Pick<Handlers<typeof ReviewService>, "listPendingReviews"> {
  /** With what their policies ask for; without those whose model is deleted. */
  async function pendingOf(tenantUid: string, found: readonly StoredVersion[]): Promise<PendingReview[]> {
    const uids = [...new Set(found.map(({ modelUid }) => modelUid))];
    const parents = await models.getMany(tenantUid, uids);
    const policies = new Map(
      await Promise.all(uids.map(async (uid) => [uid, await reviewPolicies.effective(tenantUid, uid)] as const)),
    );
    return found.flatMap((stored) => {
      const { modelUid, version, reviews = [], revision } = stored;
      const model = parents.get(modelUid)?.model;
      const policy = policies.get(modelUid)?.policy;
      if (model === undefined || model.deleteTime !== undefined || policy === undefined) return [];
      const name = versionResourceName(modelNameOf(model), version.number);
      const pending = create(PendingReviewSchema, {
        version: shownVersion(stored, revision, modelNameOf(model), publicUrl),
        reviews: reviews.map((review) => shownReview(review, name)),
        requiredApprovals: Math.max(1, policy.requiredApprovals),
        missingFields: missingFields(policy, version),
      });
      return [pending];
    });
  }

  return {
    async listPendingReviews(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const name = modelOrAllOf(caller, request.parent, "parent");
      const parent = name === undefined ? undefined : existingModel(await models.find(tenantUid, name), request.parent);
      if (parent?.model.deleteTime !== undefined) throw fail("MODEL_NOT_FOUND", { name: request.parent });
      const ready = create(ListVersionsRequestSchema, { filter: "state = READY" });
      const query = versionQuery(ready, { modelUid: parent?.model.uid, viewer: false });
      let page = await versions.list(tenantUid, query, request);
      let pending = await pendingOf(tenantUid, page.versions);
      const fitting = fittingCount(PendingReviewSchema, pending);
      if (fitting < pending.length) {
        page = await versions.list(tenantUid, query, { ...request, pageSize: fitting });
        pending = await pendingOf(tenantUid, page.versions);
      }
      return { pendingReviews: pending, nextPageToken: page.nextPageToken };
    },
  };
}
