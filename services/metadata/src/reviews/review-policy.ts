import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type ReviewPolicy, ReviewPolicySchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { etagOf } from "@slipway/resources";
import { fail, RESOURCE_NAMES } from "@slipway/rpc";

/** What holds where nobody has set a policy: no review. */
export const DEFAULT_REVIEW_POLICY: ReviewPolicy = create(ReviewPolicySchema);

/** Resource name of a policy: of the tenant, or of a model by its name. */
export function reviewPolicyName(model: string | undefined): string {
  const { reviewPolicy, modelReviewPolicy } = RESOURCE_NAMES;
  return model === undefined ? reviewPolicy.pattern : modelReviewPolicy.format({ model });
}

/** What is stored of a policy that was sent. Refuses with REVIEW_POLICY_INVALID. */
export function newReviewPolicy(sent: ReviewPolicy, given: { updater: string; nowMs: number }): ReviewPolicy {
  const { requiredApprovals, requiredFields } = sent;
  if (requiredApprovals === 0 && requiredFields.length > 0) throw fail("REVIEW_POLICY_INVALID");
  const updateTime = timestampFromMs(given.nowMs);
  return create(ReviewPolicySchema, { requiredApprovals, requiredFields, updater: given.updater, updateTime });
}

/** The policy as clients see it at a revision of its document. */
export function shownReviewPolicy(policy: ReviewPolicy, name: string, revision: number): ReviewPolicy {
  return { ...policy, name, etag: etagOf(revision) };
}

/** Whether admission leaves the publication to reviewers. */
export function asksForReview({ requiredApprovals }: ReviewPolicy): boolean {
  return requiredApprovals > 0;
}

/** The required fields that a version has not filled in; texts of spaces only count as empty. */
export function missingFields({ requiredFields }: ReviewPolicy, version: Version): string[] {
  return requiredFields.filter((field) => !isFilledIn(version, field));
}

function isFilledIn({ description, author, labels, tags }: Version, field: string): boolean {
  if (field === "description") return description.trim() !== "";
  if (field === "author") return author.trim() !== "";
  if (field === "labels") return labels.length > 0;
  const key = field.slice("tags.".length);
  return Object.hasOwn(tags, key) && tags[key]?.trim() !== "";
}
