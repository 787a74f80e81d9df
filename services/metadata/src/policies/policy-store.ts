import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { type StagePolicy, StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { DEFAULT_POLICY } from "./default-policy.ts";
import type { StoredPolicy } from "./policy.ts";

/**
 * Stage policies: a model's under its uid, the tenant's under `tenant`. Body: `resource` (without name, revision and
 * etag); absent once the policy is deleted, so that revisions go on from there.
 */
export const stagePoliciesCollection: CollectionDefinition = {
  name: "stage-policies",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** The document of the tenant's own policy. */
const TENANT_ID = "tenant";

/** The policy that holds for a model, or for the tenant's models that have none of their own. */
export interface EffectivePolicy {
  /** Without name, revision and etag. */
  policy: StagePolicy;
  /** 0: the default. Each owner counts its own. */
  revision: number;
  owner: "MODEL" | "TENANT" | "DEFAULT";
  /** Belong into every commit that was judged by the policy: it fails where another one holds by then. */
  holds: Write[];
}

/** Stage policies in the DocumentStore, always of one tenant. */
export class PolicyStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** The policy that holds for a model; for no model the one of all that have none of their own. */
  async effective(tenantUid: string, modelUid?: string): Promise<EffectivePolicy> {
    const keys = [...(modelUid === undefined ? [] : [modelUid]), TENANT_ID].map((id) => policyKey(tenantUid, id));
    const documents = await this.#documents.getMany(keys);
    const found = documents.findIndex((document) => document?.body.resource !== undefined);
    const looked = keys.slice(0, found < 0 ? keys.length : found + 1);
    const holds = looked.map(
      (key, index): Write => ({ kind: "check", key, revision: documents[index]?.revision ?? 0 }),
    );
    const { policy, revision } = storedPolicyOf(documents[found]);
    if (policy === undefined) return { policy: DEFAULT_POLICY, revision: 0, owner: "DEFAULT", holds };
    return { policy, revision, owner: keys[found]?.id === TENANT_ID ? "TENANT" : "MODEL", holds };
  }

  /** The policy that holds where a model, or the tenant, has none of its own. */
  async above(tenantUid: string, modelUid?: string): Promise<EffectivePolicy> {
    if (modelUid !== undefined) return this.effective(tenantUid);
    return { policy: DEFAULT_POLICY, revision: 0, owner: "DEFAULT", holds: [] };
  }

  /** The own policy of a model, or of the tenant; without `policy` where there is none. */
  async own(tenantUid: string, modelUid?: string): Promise<StoredPolicy> {
    return storedPolicyOf(await this.#documents.get(policyKey(tenantUid, modelUid ?? TENANT_ID)));
  }

  /** Writes a policy in place of the one that was read, or deletes it where there is none to write. */
  put(tenantUid: string, modelUid: string | undefined, { revision }: StoredPolicy, policy?: StagePolicy): Write {
    const key = policyKey(tenantUid, modelUid ?? TENANT_ID);
    const body: JsonObject = policy === undefined ? {} : { resource: toJson(StagePolicySchema, policy) };
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  /** The write that removes what is left of a model's policy when the model is purged; none once it is gone. */
  async removal(tenantUid: string, modelUid: string): Promise<Write[]> {
    const { revision } = await this.own(tenantUid, modelUid);
    return revision === 0 ? [] : [{ kind: "delete", key: policyKey(tenantUid, modelUid), revision }];
  }
}

function policyKey(tenant: string, id: string): DocumentKey {
  return { tenant, collection: stagePoliciesCollection.name, id };
}

function storedPolicyOf(document: StoredDocument | undefined): StoredPolicy {
  const resource = document?.body.resource;
  const policy = resource === undefined ? undefined : fromJson(StagePolicySchema, resource);
  return { revision: document?.revision ?? 0, policy };
}
