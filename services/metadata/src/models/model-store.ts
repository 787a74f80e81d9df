import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  Ordering,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { listPage, type Matches, matchesOf } from "@slipway/resources";
import { modelNameOf, type Purger, type StoredModel, type VersionCounters } from "./model.ts";
import { projectModel, projectModelAcrossTenants } from "./model-search.ts";

/** Models under their uid. Body: `resource` (without etag), `counters`, `purger`, `retainer`. */
export const modelsCollection: CollectionDefinition = {
  name: "models",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => projectModel(writtenOf(body)),
  projectAcrossTenants: (body) => projectModelAcrossTenants(writtenOf(body)),
};

/** What a body that is about to be written was made from, so that projecting it need not parse it. */
const writtenAs = new WeakMap<JsonObject, StoredModel>();

function writtenOf(body: JsonObject): StoredModel {
  return writtenAs.get(body) ?? modelOfBody(body, 0);
}

/** The unique index on names: a document per name with the model's uid, kept until the model is purged or renamed. */
export const modelNamesCollection: CollectionDefinition = {
  name: "model-names",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Names whose uid is remembered; a wrong one is noticed, since every read by name reads the index too. */
const REMEMBERED_NAMES = 10_000;

/** A model with other documents of the same point in time. */
export interface FoundModel {
  stored: StoredModel;
  others: (StoredDocument | undefined)[];
}

/** Models in the DocumentStore, always of one tenant. */
export class ModelStore {
  readonly #documents: DocumentStore;
  readonly #uids = new Map<string, string>();

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** The model that has a name, deleted ones too. */
  async find(tenantUid: string, name: string): Promise<StoredModel | undefined> {
    return (await this.findWith(tenantUid, name, () => []))?.stored;
  }

  /**
   * The model that has a name, with documents whose keys depend on its uid. The uid behind a name seldom changes, so one
   * that was seen before is taken for granted and confirmed by the same read.
   */
  async findWith(
    tenantUid: string,
    name: string,
    otherKeys: (uid: string) => DocumentKey[],
  ): Promise<FoundModel | undefined> {
    const nameKey = modelNameKey(tenantUid, name);
    const remembered = this.#uids.get(`${tenantUid}/${name}`);
    let uid = remembered ?? uidOf(await this.#documents.get(nameKey));
    while (uid !== undefined) {
      const keys = [nameKey, modelKey(tenantUid, uid), ...otherKeys(uid)];
      const [index, model, ...others] = await this.#documents.getMany(keys);
      const confirmed = uidOf(index);
      this.#remember(`${tenantUid}/${name}`, confirmed);
      if (confirmed === uid) return model && { stored: storedModelOf(model), others };
      uid = confirmed;
    }
    return undefined;
  }

  async get(tenantUid: string, uid: string): Promise<StoredModel | undefined> {
    const document = await this.#documents.get(modelKey(tenantUid, uid));
    return document && storedModelOf(document);
  }

  /** By uid; what is gone is left out. At most 1,000. */
  async getMany(tenantUid: string, uids: readonly string[]): Promise<Map<string, StoredModel>> {
    if (uids.length === 0) return new Map();
    const documents = await this.#documents.getMany(uids.map((uid) => modelKey(tenantUid, uid)));
    return new Map(documents.flatMap((document) => (document ? [[document.key.id, storedModelOf(document)]] : [])));
  }

  async isNameTaken(tenantUid: string, name: string): Promise<boolean> {
    return (await this.#documents.get(modelNameKey(tenantUid, name))) !== undefined;
  }

  async list(
    tenantUid: string,
    query: { filter: Filter; ordering: Ordering },
    page: { pageSize: number; pageToken: string },
  ): Promise<{ models: StoredModel[]; nextPageToken: string }> {
    const whole = { tenant: tenantUid, collection: modelsCollection.name, ...query };
    const { documents, nextPageToken } = await listPage(this.#documents, whole, page);
    return { models: documents.map(storedModelOf), nextPageToken };
  }

  /** What a filter finds, on all pages together. */
  matches(tenant: string, filter: Filter): Matches<StoredModel> {
    return matchesOf(this.#documents, { tenant, collection: modelsCollection.name, filter }, storedModelOf);
  }

  insert(tenantUid: string, stored: StoredModel): Write[] {
    return [
      this.takeName(tenantUid, stored),
      { kind: "insert", key: modelKey(tenantUid, stored.model.uid), body: bodyOf(stored) },
    ];
  }

  replace(tenantUid: string, stored: StoredModel): Write {
    const { revision, model } = stored;
    return { kind: "replace", key: modelKey(tenantUid, model.uid), revision, body: bodyOf(stored) };
  }

  /** Holds the model as it was read until the commit is through. */
  check(tenantUid: string, { revision, model }: StoredModel): Write {
    return { kind: "check", key: modelKey(tenantUid, model.uid), revision };
  }

  remove(tenantUid: string, stored: StoredModel): Write[] {
    const { revision, model } = stored;
    return [{ kind: "delete", key: modelKey(tenantUid, model.uid), revision }, this.freeName(tenantUid, stored)];
  }

  takeName(tenantUid: string, { model }: StoredModel): Write {
    return { kind: "insert", key: modelNameKey(tenantUid, modelNameOf(model)), body: { modelUid: model.uid } };
  }

  /** Name documents are never replaced, so their revision is 1. */
  freeName(tenantUid: string, { model }: StoredModel): Write {
    return { kind: "delete", key: modelNameKey(tenantUid, modelNameOf(model)), revision: 1 };
  }

  #remember(name: string, uid: string | undefined): void {
    this.#uids.delete(name);
    if (uid === undefined) return;
    if (this.#uids.size >= REMEMBERED_NAMES) this.#uids.delete(this.#uids.keys().next().value as string);
    this.#uids.set(name, uid);
  }
}

function modelKey(tenant: string, uid: string): DocumentKey {
  return { tenant, collection: modelsCollection.name, id: uid };
}

function modelNameKey(tenant: string, name: string): DocumentKey {
  return { tenant, collection: modelNamesCollection.name, id: name };
}

function uidOf(index: StoredDocument | undefined): string | undefined {
  return index?.body.modelUid as string | undefined;
}

function bodyOf(stored: StoredModel): JsonObject {
  const { model, counters, purger, retainer, sharer } = stored;
  const known = Object.entries(counters).filter(([, value]) => value !== undefined);
  const resource = toJson(ModelSchema, model);
  const names = {
    ...(purger && { purger: { ...purger } }),
    ...(retainer && { retainer: { ...retainer } }),
    ...(sharer && { sharer: { ...sharer } }),
  };
  const body = { resource, counters: Object.fromEntries(known), ...names };
  writtenAs.set(body, stored);
  return body;
}

export function storedModelOf({ revision, body }: StoredDocument): StoredModel {
  return modelOfBody(body, revision);
}

function modelOfBody({ resource = {}, counters, purger, retainer, sharer }: JsonObject, revision: number): StoredModel {
  return {
    revision,
    model: fromJson(ModelSchema, resource),
    counters: counters as unknown as VersionCounters,
    ...(purger === undefined ? {} : { purger: purger as unknown as Purger }),
    ...(retainer === undefined ? {} : { retainer: retainer as unknown as Purger }),
    ...(sharer === undefined ? {} : { sharer: sharer as unknown as Purger }),
  };
}
