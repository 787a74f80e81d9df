import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  Cursor,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  Ordering,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { TransitionSchema } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { listPage } from "@slipway/resources";
import type { StoredModel } from "../models/model.ts";
import { isPending, type StoredTransition } from "./transition.ts";
import {
  projectTransition,
  projectTransitionAcrossTenants,
  transitionsOfModel,
  waitingTransitions,
} from "./transition-search.ts";

/** Transitions under their uid. Body: `resource` (without name and etag, versions as numbers), `modelUid`, `tenant`. */
export const transitionsCollection: CollectionDefinition = {
  name: "transitions",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => projectTransition(transitionOfBody(body, 0)),
  projectAcrossTenants: (body) => projectTransitionAcrossTenants(transitionOfBody(body, 0)),
};

/** A document under the uid of each version that has a transition that waits, with its uid: so there is one at most. */
export const pendingTransitionsCollection: CollectionDefinition = {
  name: "pending-transitions",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Each is up to two writes of a commit, which has at most 1,000. */
const REMOVED_AT_ONCE = 500;

/** Pages in which walks over transitions are read. */
const WALK_PAGE = 100;

/** Reads a model by name together with other documents; see ModelStore. */
export interface ModelFinder {
  findWith(
    tenantUid: string,
    name: string,
    otherKeys: (uid: string) => DocumentKey[],
  ): Promise<{ stored: StoredModel; others: (StoredDocument | undefined)[] } | undefined>;
}

/** Transitions in the DocumentStore, always of one tenant. */
export class TransitionStore {
  readonly #documents: DocumentStore;
  readonly #models: ModelFinder;

  constructor(documents: DocumentStore, models: ModelFinder) {
    this.#documents = documents;
    this.#models = models;
  }

  /** A transition of a model that is not deleted, by the model's name and its own uid. */
  async find(
    tenantUid: string,
    model: string,
    uid: string,
  ): Promise<{ model: StoredModel; transition: StoredTransition } | undefined> {
    const found = await this.#models.findWith(tenantUid, model, () => [transitionKey(tenantUid, uid)]);
    const document = found?.others[0];
    if (found === undefined || document === undefined) return undefined;
    const transition = storedTransitionOf(document);
    const { uid: modelUid, deleteTime } = found.stored.model;
    if (transition.modelUid !== modelUid || deleteTime !== undefined) return undefined;
    return { model: found.stored, transition };
  }

  async get(tenantUid: string, uid: string): Promise<StoredTransition | undefined> {
    const document = await this.#documents.get(transitionKey(tenantUid, uid));
    return document && storedTransitionOf(document);
  }

  /** The one of a version that waits. */
  async pendingOf(tenantUid: string, versionUid: string): Promise<StoredTransition | undefined> {
    const document = await this.#documents.get(pendingKey(tenantUid, versionUid));
    return document && this.get(tenantUid, document.body.transition as string);
  }

  /** Those of these versions of which a transition waits; at most 1,000 are asked about. */
  async moving(tenantUid: string, versionUids: readonly string[]): Promise<Set<string>> {
    const pending = await this.#documents.getMany(versionUids.map((uid) => pendingKey(tenantUid, uid)));
    return new Set(versionUids.filter((_uid, index) => pending[index] !== undefined));
  }

  /** Those that wait, of all models or of one, the oldest first, read as far as they are looked at. */
  async *waiting(tenant: string, modelUid: string | undefined): AsyncIterable<StoredTransition> {
    const query = {
      tenant,
      collection: transitionsCollection.name,
      filter: waitingTransitions(modelUid),
      limit: WALK_PAGE,
    };
    let after: Cursor | undefined;
    do {
      const page = await this.#documents.query(after === undefined ? query : { ...query, after });
      yield* page.documents.map(storedTransitionOf);
      after = page.next;
    } while (after !== undefined);
  }

  async list(
    tenantUid: string,
    query: { filter: Filter; ordering: Ordering },
    page: { pageSize: number; pageToken: string },
  ): Promise<{ transitions: StoredTransition[]; nextPageToken: string }> {
    const whole = { tenant: tenantUid, collection: transitionsCollection.name, ...query };
    const { documents, nextPageToken } = await listPage(this.#documents, whole, page);
    return { transitions: documents.map(storedTransitionOf), nextPageToken };
  }

  /** The last transitions of a model, or of all, the last one first. At most 1,000. */
  async last(tenantUid: string, modelUid: string | undefined, limit: number): Promise<StoredTransition[]> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: transitionsCollection.name,
      ordering: { by: "created", direction: "descending" },
      limit,
      ...(modelUid !== undefined && { filter: { term: transitionsOfModel(modelUid) } }),
    });
    return documents.map(storedTransitionOf);
  }

  /** Writes a new transition, or one that was read in its place, and whether its version has one that waits. */
  put(tenantUid: string, stored: StoredTransition): Write[] {
    const { revision, transition } = stored;
    const key = transitionKey(tenantUid, transition.uid);
    const pending = pendingKey(tenantUid, transition.versionUid);
    const body = bodyOf(stored);
    if (revision > 0) {
      const freed: Write[] = isPending(stored) ? [] : [{ kind: "delete", key: pending, revision: 1 }];
      return [{ kind: "replace", key, revision, body }, ...freed];
    }
    const taken: Write[] = isPending(stored)
      ? [{ kind: "insert", key: pending, body: { transition: transition.uid } }]
      : [];
    return [{ kind: "insert", key, body }, ...taken];
  }

  /** Writes that remove some transitions of a model that is purged; none once there are none. */
  async removals(tenantUid: string, modelUid: string): Promise<Write[]> {
    const some = await this.last(tenantUid, modelUid, REMOVED_AT_ONCE);
    return some.flatMap((stored) => this.#remove(tenantUid, stored));
  }

  #remove(tenantUid: string, stored: StoredTransition): Write[] {
    const { revision, transition } = stored;
    const freed: Write[] = isPending(stored)
      ? [{ kind: "delete", key: pendingKey(tenantUid, transition.versionUid), revision: 1 }]
      : [];
    return [{ kind: "delete", key: transitionKey(tenantUid, transition.uid), revision }, ...freed];
  }
}

function transitionKey(tenant: string, uid: string): DocumentKey {
  return { tenant, collection: transitionsCollection.name, id: uid };
}

/** Pending documents are never replaced, so their revision is 1. */
function pendingKey(tenant: string, versionUid: string): DocumentKey {
  return { tenant, collection: pendingTransitionsCollection.name, id: versionUid };
}

function bodyOf({ transition, modelUid, tenant }: StoredTransition): JsonObject {
  return { resource: toJson(TransitionSchema, transition), modelUid, tenant };
}

export function storedTransitionOf({ body, revision }: StoredDocument): StoredTransition {
  return transitionOfBody(body, revision);
}

function transitionOfBody({ resource = {}, modelUid, tenant }: JsonObject, revision: number): StoredTransition {
  const transition = fromJson(TransitionSchema, resource);
  return { revision, modelUid: modelUid as string, tenant: tenant as string, transition };
}
