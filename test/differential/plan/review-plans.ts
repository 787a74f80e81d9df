import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { TEXTS } from "../words.ts";
import { badPageToken, etag, fields, pageSize, requestId, spelled, weighted } from "./draw.ts";
import { modelName } from "./model-plans.ts";
import type { Plans } from "./plan.ts";
import { versionName } from "./version-plans.ts";

const REQUIRED = ["description", "author", "labels", "tags.env", "tags.环境"];

const policyName = (tenant: KnownTenant) =>
  weighted(
    [1, spelled(tenant, fc.constant("reviewPolicy"))],
    [4, modelName(tenant).map((name) => `${name}/reviewPolicy`)],
  );

export const reviewPlans: Plans = {
  "metadata.v1.ReviewService/SubmitReview": {
    weight: 30,
    request: ({ tenant }) =>
      versionName(tenant).chain((version) =>
        fields(
          {
            version: fc.constant(version),
            verdict: weighted([6, fc.constant(1)], [2, fc.constant(2)], [1, fc.constantFrom(0, 9)]),
          },
          { comment: [60, fc.constantFrom(...TEXTS)], etag: etag(tenant, version), requestId: requestId() },
        ),
      ),
  },
  "metadata.v1.ReviewService/ListReviews": {
    weight: 12,
    request: ({ tenant }) => fields({ version: versionName(tenant) }),
  },
  "metadata.v1.ReviewService/ListPendingReviews": {
    weight: 15,
    request: ({ tenant }) =>
      fields(
        { parent: weighted([2, fc.constant("models/-")], [1, modelName(tenant)]) },
        { pageSize: pageSize(), pageToken: badPageToken() },
      ),
  },
  "metadata.v1.ReviewService/GetReviewPolicy": {
    weight: 8,
    request: ({ tenant }) => fields({ name: policyName(tenant) }),
  },
  "metadata.v1.ReviewService/UpdateReviewPolicy": {
    weight: 14,
    request: ({ tenant }) =>
      policyName(tenant).chain((name) =>
        fields(
          {
            policy: fields(
              {
                name: fc.constant(name),
                requiredApprovals: weighted([8, fc.constantFrom(0, 1, 1, 2)], [1, fc.constantFrom(-1, 21)]),
              },
              {
                requiredFields: [25, fc.uniqueArray(fc.constantFrom(...REQUIRED, "colour"), { maxLength: 2 })],
                etag: etag(tenant, name),
              },
            ),
          },
          { requestId: requestId() },
        ),
      ),
  },
  "metadata.v1.ReviewService/DeleteReviewPolicy": {
    weight: 8,
    request: ({ tenant }) =>
      policyName(tenant).chain((name) =>
        fields({ name: fc.constant(name) }, { etag: etag(tenant, name), requestId: requestId() }),
      ),
  },
};
