import { fromJson, toJson } from "@bufbuild/protobuf";
import type { CollectionDefinition, DocumentKey, DocumentStore, StoredDocument, Write } from "@slipway/documents";
import { type ReviewPolicy, ReviewPolicySchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { DEFAULT_REVIEW_POLICY } from "./review-policy.ts";

/**
 * Review policies: a model's under its uid, the tenant's under `tenant`. Body: `resource` (without name and etag); absent
 * once the policy is deleted, so that revisions go on from there.
 */
export const reviewPoliciesCollection: CollectionDefinition = {
  name: "review-policies",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** The document of the tenant's own policy. */
const TENANT_ID = "tenant";

/** A policy as it is stored. */
export interface StoredReviewPolicy {
  /** Of its document, which outlives a deletion; 0 before there ever was one. */
  revision: number;
  /** Absent: deleted, or never set. */
  policy: ReviewPolicy | undefined;
}

/** The policy that holds for a model, or for the tenant's models that have none of their own. */
export interface EffectiveReviewPolicy {
  policy: ReviewPolicy;
  /** 0: the default. */
  revision: number;
  isOfModel: boolean;
  /** Belong into every commit that was judged by the policy: it fails where another one holds by then. */
  holds: Write[];
}

/** Review policies in the DocumentStore, always of one tenant. */
export class ReviewPolicyStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** The policy that holds for a model; for no model the one of all that have none of their own. */
  async effective(tenantUid: string, modelUid?: string): Promise<EffectiveReviewPolicy> {
    const keys = [...(modelUid === undefined ? [] : [modelUid]), TENANT_ID].map((id) => policyKey(tenantUid, id));
    const documents = await this.#documents.getMany(keys);
    const found = documents.findIndex((document) => document?.body.resource !== undefined);
    const looked = keys.slice(0, found < 0 ? keys.length : found + 1);
    const holds = looked.map((key, index): Write => {
      return { kind: "check", key, revision: documents[index]?.revision ?? 0 };
    });
    const { policy, revision } = storedPolicyOf(documents[found]);
    if (policy === undefined) return { policy: DEFAULT_REVIEW_POLICY, revision: 0, isOfModel: false, holds };
    return { policy, revision, isOfModel: keys[found]?.id !== TENANT_ID, holds };
  }

  /** The policy that holds where a model, or the tenant, has none of its own. */
  async above(tenantUid: string, modelUid?: string): Promise<EffectiveReviewPolicy> {
    if (modelUid !== undefined) return this.effective(tenantUid);
    return { policy: DEFAULT_REVIEW_POLICY, revision: 0, isOfModel: false, holds: [] };
  }

  /** The own policy of a model, or of the tenant. */
  async own(tenantUid: string, modelUid?: string): Promise<StoredReviewPolicy> {
    return storedPolicyOf(await this.#documents.get(policyKey(tenantUid, modelUid ?? TENANT_ID)));
  }

  /** Writes a policy in place of the one that was read, or forgets it where there is none to write. */
  put(
    tenantUid: string,
    modelUid: string | undefined,
    { revision }: StoredReviewPolicy,
    policy: ReviewPolicy | undefined,
  ): Write {
    const key = policyKey(tenantUid, modelUid ?? TENANT_ID);
    const body = policy === undefined ? {} : { resource: toJson(ReviewPolicySchema, policy) };
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  /** The write that removes what is left of a model's policy when the model is purged; none where there is nothing. */
  async removal(tenantUid: string, modelUid: string): Promise<Write[]> {
    const { revision } = await this.own(tenantUid, modelUid);
    return revision === 0 ? [] : [{ kind: "delete", key: policyKey(tenantUid, modelUid), revision }];
  }
}

function policyKey(tenant: string, id: string): DocumentKey {
  return { tenant, collection: reviewPoliciesCollection.name, id };
}

function storedPolicyOf(document: StoredDocument | undefined): StoredReviewPolicy {
  const resource = document?.body.resource;
  const policy = resource === undefined ? undefined : fromJson(ReviewPolicySchema, resource);
  return { revision: document?.revision ?? 0, policy };
}
