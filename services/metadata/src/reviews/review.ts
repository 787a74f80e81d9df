import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Review,
  type ReviewPolicy,
  ReviewSchema,
  ReviewVerdict,
} from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import type { SubmitReviewRequest } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail } from "@slipway/rpc";
import type { StoredVersion } from "../versions/version.ts";
import { missingFields } from "./review-policy.ts";

/** What a version's reviews make of it. */
export type ReviewOutcome = "WAITING" | "PUBLISHED" | "REJECTED";

/** Who reviews, and who made the version: persons, not principals. */
export interface ReviewParties {
  reviewer: string;
  creator: string;
}

/**
 * Refuses a verdict: VERSION_NOT_READY, REVIEW_FORBIDDEN for the person who made the version, REVIEW_COMMENT_MISSING, and
 * for an approval REVIEW_FIELDS_MISSING, which names each field.
 */
export function checkReview(
  { version }: StoredVersion,
  { verdict, comment }: Pick<SubmitReviewRequest, "verdict" | "comment">,
  { parties, policy, name }: { parties: ReviewParties; policy: ReviewPolicy; name: string },
): void {
  if (version.state !== VersionState.READY) {
    throw fail("VERSION_NOT_READY", { name, state: VersionState[version.state] });
  }
  if (parties.reviewer === parties.creator) throw fail("REVIEW_FORBIDDEN", { name, creator: version.creator });
  if (verdict === ReviewVerdict.REJECT) {
    if (comment.trim() === "") throw fail("REVIEW_COMMENT_MISSING");
    return;
  }
  const missing = missingFields(policy, version);
  if (missing.length === 0) return;
  const preconditions = missing.map((field) => ({
    type: "REVIEW_FIELDS_MISSING",
    subject: `${name} ${field}`,
    description: `${field} is not filled in.`,
  }));
  throw fail("REVIEW_FIELDS_MISSING", { name, missing: missing.join(", ") }, { preconditions });
}

/** A verdict as it is stored; the version's name follows from where it stands. */
export function newReview(
  { verdict, comment }: Pick<SubmitReviewRequest, "verdict" | "comment">,
  given: { reviewer: string; person: string; nowMs: number },
): Review {
  const { reviewer, person, nowMs } = given;
  return create(ReviewSchema, { reviewer, person, verdict, comment, submitTime: timestampFromMs(nowMs) });
}

/** The reviews with another one, which takes the place of the same person's earlier one. */
export function withReview(reviews: readonly Review[], review: Review): Review[] {
  const place = reviews.findIndex(({ person }) => person === review.person);
  return place < 0 ? [...reviews, review] : reviews.with(place, review);
}

/** What comes of a version once a verdict is in. Where no approval is asked for any more, one still is. */
export function outcomeOf(reviews: readonly Review[], { requiredApprovals }: ReviewPolicy): ReviewOutcome {
  if (reviews.some(({ verdict }) => verdict === ReviewVerdict.REJECT)) return "REJECTED";
  const approvals = reviews.filter(({ verdict }) => verdict === ReviewVerdict.APPROVE).length;
  return approvals >= Math.max(1, requiredApprovals) ? "PUBLISHED" : "WAITING";
}

/** The review as clients see it. */
export function shownReview(review: Review, version: string): Review {
  return { ...review, version };
}
