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
import { sleep } from "@slipway/runtime";
import { DEFAULT_POLICY } from "./default-policy.ts";
import type { StoredPolicy } from "./policy.ts";

/**
 * Stage policies: a model's under its uid, the tenant's under `tenant`. Body: `resource` (without name, revision and
 * etag), absent once the policy is deleted; `counted`, its revision, which goes on from there; `changingUntilMs` while
 * another one is about to take its place.
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

/** How long an announced change keeps others waiting at most, should its server die: 10 seconds. */
const ANNOUNCED_MS = 10_000;

/** How often it is looked whether an announced change is through. */
const LOOK_EVERY_MS = 5;

/** Stage policies in the DocumentStore, always of one tenant. */
export class PolicyStore {
  readonly #documents: DocumentStore;
  readonly #nowMs: () => number;

  constructor(documents: DocumentStore, nowMs: () => number) {
    this.#documents = documents;
    this.#nowMs = nowMs;
  }

  /**
   * The policy that holds for a model; for no model the one of all that have none of their own. This and `own` wait while
   * another one is announced in its place.
   */
  async effective(tenantUid: string, modelUid?: string): Promise<EffectivePolicy> {
    const keys = [...(modelUid === undefined ? [] : [modelUid]), TENANT_ID].map((id) => policyKey(tenantUid, id));
    const documents = await this.#read(keys);
    const found = documents.findIndex((document) => document?.body.resource !== undefined);
    const looked = keys.slice(0, found < 0 ? keys.length : found + 1);
    const holds = looked.map((key, index) => heldPolicy(key, documents[index]));
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
    const [document] = await this.#read([policyKey(tenantUid, modelUid ?? TENANT_ID)]);
    return storedPolicyOf(document);
  }

  /** Writes a policy in place of the one that was read, or deletes it where there is none to write. */
  put(tenantUid: string, modelUid: string | undefined, stored: StoredPolicy, policy?: StagePolicy): Write {
    return written(policyKey(tenantUid, modelUid ?? TENANT_ID), stored, {
      ...(policy !== undefined && { resource: toJson(StagePolicySchema, policy) }),
      counted: stored.revision + 1,
    });
  }

  /**
   * Announces that another policy is about to take the place of the tenant's: from then on nothing that was judged by it
   * is committed, and whoever asks for it waits. What is found to be in the way afterwards is all there is.
   */
  announce(tenantUid: string, stored: StoredPolicy): { write: Write; announced: StoredPolicy } {
    const changingUntilMs = this.#nowMs() + ANNOUNCED_MS;
    const write = written(policyKey(tenantUid, TENANT_ID), stored, { ...unchanged(stored), changingUntilMs });
    return { write, announced: { ...stored, documentRevision: stored.documentRevision + 1 } };
  }

  /** Takes an announcement back: the policy stays as it was. */
  withdraw(tenantUid: string, announced: StoredPolicy): Write {
    return written(policyKey(tenantUid, TENANT_ID), announced, unchanged(announced));
  }

  /** The write that removes what is left of a model's policy when the model is purged; none once it is gone. */
  async removal(tenantUid: string, modelUid: string): Promise<Write[]> {
    const { documentRevision: revision } = await this.own(tenantUid, modelUid);
    return revision === 0 ? [] : [{ kind: "delete", key: policyKey(tenantUid, modelUid), revision }];
  }

  async #read(keys: DocumentKey[]): Promise<(StoredDocument | undefined)[]> {
    for (;;) {
      const documents = await this.#documents.getMany(keys);
      const untilMs = Math.max(...documents.map((document) => Number(document?.body.changingUntilMs ?? 0)));
      if (untilMs <= this.#nowMs()) return documents;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

function policyKey(tenant: string, id: string): DocumentKey {
  return { tenant, collection: stagePoliciesCollection.name, id };
}

/**
 * Holds a policy, or that there is none, as it was read. An announcement whose server is gone is taken away, so that it is
 * too late for that one should it come back.
 */
function heldPolicy(key: DocumentKey, document: StoredDocument | undefined): Write {
  const { revision = 0, body = {} } = document ?? {};
  const { changingUntilMs, ...rest } = body;
  if (changingUntilMs === undefined) return { kind: "check", key, revision };
  return { kind: "replace", key, revision, body: rest };
}

function unchanged({ revision, policy }: StoredPolicy): JsonObject {
  return { ...(policy !== undefined && { resource: toJson(StagePolicySchema, policy) }), counted: revision };
}

function written(key: DocumentKey, { documentRevision: revision }: StoredPolicy, body: JsonObject): Write {
  return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
}

function storedPolicyOf(document: StoredDocument | undefined): StoredPolicy {
  const { revision: documentRevision = 0, body = {} } = document ?? {};
  const { resource, counted = documentRevision } = body;
  const policy = resource === undefined ? undefined : fromJson(StagePolicySchema, resource);
  return { revision: counted as number, documentRevision, policy };
}
