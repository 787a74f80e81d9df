import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { type Review, type ReviewPolicy, ReviewSchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { type ReviewService, SubmitReviewResponseSchema } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { checkEtag } from "@slipway/resources";
import { type Caller, callerOf, type Handlers } from "@slipway/rpc";
import type { PersonOf } from "../access/person.ts";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { versionOf } from "../names/resource-name.ts";
import type { Entered } from "../transitions/stage-worker.ts";
import type { PublicationWorker } from "../versions/publication-worker.ts";
import { rankedModel } from "../versions/ranking.ts";
import type { RetiredNumberStore } from "../versions/retired-number-store.ts";
import {
  changedVersion,
  ofLiveModel,
  type StoredVersion,
  shownVersion,
  versionResourceName,
  visibleVersion,
} from "../versions/version.ts";
import { versionSubject } from "../versions/version-event.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { checkReview, newReview, outcomeOf, shownReview, withReview } from "./review.ts";
import type { ReviewPolicyStore } from "./review-policy-store.ts";

export interface ReviewServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  numbers: RetiredNumberStore;
  reviewPolicies: ReviewPolicyStore;
  publications: PublicationWorker;
  changes: ChangeStore;
  personOf: PersonOf;
  publicUrl: string;
}

/** SubmitReview and ListReviews. */
export function reviewHandlers({
  models,
  versions,
  numbers,
  reviewPolicies,
  publications,
  changes,
  personOf,
  publicUrl,
}: ReviewServiceOptions): Pick<Handlers<typeof ReviewService>, "submitReview" | "listReviews"> {
  /** What the verdicts about a version come to, and the events beside that of the verdict. */
  async function decide(
    by: Caller,
    parent: StoredModel,
    reviewed: StoredVersion & { reviews: Review[] },
    { policy, review }: { policy: ReviewPolicy; review: Review },
  ): Promise<Entered & { types: string[] }> {
    const nowMs = changes.nowMs();
    switch (outcomeOf(reviewed.reviews, policy)) {
      case "PUBLISHED":
        return { ...(await publications.publish(by, parent, reviewed)), types: ["slipway.version.published"] };
      case "REJECTED": {
        const stateReason = `${review.reviewer} rejected it: ${review.comment}`;
        const version = changedVersion(reviewed, nowMs, { state: VersionState.REJECTED, stateReason });
        const ranking = await versions.rankingWithout(by.tenantUid, parent, version.version.number);
        return { model: rankedModel(parent, nowMs, ranking), version, writes: [], types: ["slipway.version.rejected"] };
      }
      case "WAITING":
        return { model: parent, version: changedVersion(reviewed, nowMs, {}), writes: [], types: [] };
    }
  }

  return {
    async submitReview(request, context) {
      const caller = callerOf(context);
      const { tenantUid, principal } = caller;
      const { version: name } = request;
      const { model, number } = versionOf(caller, name, "version");
      const resourceName = versionResourceName(model, number);
      return changes.change(context, request, { key: model, name }, async () => {
        const found = await versions.find(tenantUid, model, number);
        const stored = visibleVersion(found?.version, false, name);
        const parent = liveModel(found?.model, `models/${model}`);
        const [person, creator] = await Promise.all([
          personOf(tenantUid, principal),
          personOf(tenantUid, stored.version.creator),
        ]);
        const { policy, holds } = await reviewPolicies.effective(tenantUid, parent.model.uid);
        checkReview(stored, request, { parties: { reviewer: person, creator }, policy, name });
        checkEtag(request.etag, stored.revision, name);
        const review = newReview(request, { reviewer: principal, person, nowMs: changes.nowMs() });
        const reviewed = { ...stored, reviews: withReview(stored.reviews ?? [], review) };
        const decided = await decide(caller, parent, reviewed, { policy, review });
        const { version } = decided;
        const subject = versionSubject(version, parent.model, publicUrl);
        const told = toJson(ReviewSchema, shownReview(review, resourceName)) as JsonObject;
        return {
          writes: [
            models.replace(tenantUid, decided.model),
            versions.replace(tenantUid, version),
            ...decided.writes,
            ...holds,
            changes.event(caller, "slipway.version.reviewed", {
              ...subject,
              payload: { ...subject.payload, review: told },
            }),
            ...decided.types.map((type) => changes.event(caller, type, subject)),
          ],
          response: create(SubmitReviewResponseSchema, {
            review: shownReview(review, resourceName),
            version: shownVersion(version, version.revision + 1, model, publicUrl),
          }),
        };
      });
    },

    async listReviews(request, context) {
      const caller = callerOf(context);
      const { model, number } = versionOf(caller, request.version, "version");
      const found = ofLiveModel(await versions.find(caller.tenantUid, model, number));
      const isMissing = found !== undefined && found.version === undefined;
      const left = isMissing ? await numbers.reviewsOf(caller.tenantUid, found.model.model.uid, number) : undefined;
      const reviews = left ?? visibleVersion(found?.version, false, request.version).reviews ?? [];
      return { reviews: reviews.map((review) => shownReview(review, versionResourceName(model, number))) };
    },
  };
}
