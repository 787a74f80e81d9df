import { create } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  Cursor,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { LineageDatasetSchema, RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import {
  datasetPoint,
  isVersion,
  type LineagePoint,
  MAXIMUM_RELATIONS,
  type StoredRelation,
  type VersionPoint,
} from "./relation.ts";

/** Which end of relations is known. */
export type RelationEnd = "source" | "target";

/**
 * Relations under `{uid of the source}/{kind}/{id of the target}`, so that each exists once by itself. Body: `uid`,
 * `kind`, `source`, `target`, `creator`, `createTimeMs`.
 */
export const relationsCollection: CollectionDefinition = {
  name: "relations",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => {
    const { source, target } = relationOfBody(body, 0);
    return { terms: [termOf("source", source.id), termOf("target", target.id)] };
  },
};

/**
 * One document per tenant that every new relation replaces: two that close a circle together cannot both be added, since
 * the second one's look for a circle was made before the first was stored.
 */
export const lineageCollection: CollectionDefinition = {
  name: "lineage",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** A filter has at most 256 nodes. */
const POINTS_AT_ONCE = 200;
const PAGE = 1000;

/** Relations in the DocumentStore, always of one tenant. */
export class RelationStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** A relation as it is stored, by its ends and kind. */
  async find(
    tenantUid: string,
    relation: Pick<StoredRelation, "kind" | "source" | "target">,
  ): Promise<StoredRelation | undefined> {
    const document = await this.#documents.get(relationKey(tenantUid, relation));
    return document && relationOfBody(document.body, document.revision);
  }

  /** The relations that have one of these points at an end, in the order in which they were added, at most so many. */
  async touching(
    tenant: string,
    end: RelationEnd,
    ids: readonly string[],
    limit = Number.POSITIVE_INFINITY,
  ): Promise<StoredRelation[]> {
    const found: StoredRelation[] = [];
    for (let from = 0; from < ids.length && found.length < limit; from += POINTS_AT_ONCE) {
      const some = ids.slice(from, from + POINTS_AT_ONCE);
      const filter: Filter = { or: some.map((id) => ({ term: termOf(end, id) })) };
      let after: Cursor | undefined;
      do {
        const page = await this.#documents.query({
          tenant,
          collection: relationsCollection.name,
          filter,
          limit: Math.min(PAGE, limit - found.length),
          ...(after && { after }),
        });
        found.push(...page.documents.map(({ body, revision }) => relationOfBody(body, revision)));
        after = page.next;
      } while (after !== undefined && found.length < limit);
    }
    return found;
  }

  /** How many relations a version has of its own, counted up to their bound. */
  countOf(tenant: string, { id }: VersionPoint): Promise<number> {
    const filter = { term: termOf("source", id) };
    return this.#documents.count({ tenant, collection: relationsCollection.name, filter }, MAXIMUM_RELATIONS);
  }

  /** Whether a version or dataset is the target of any relation. */
  async hasDescendants(tenantUid: string, id: string): Promise<boolean> {
    return (await this.touching(tenantUid, "target", [id], 1)).length > 0;
  }

  insert(tenantUid: string, stored: StoredRelation): Write {
    return { kind: "insert", key: relationKey(tenantUid, stored), body: bodyOf(stored) };
  }

  remove(tenantUid: string, stored: StoredRelation): Write {
    return { kind: "delete", key: relationKey(tenantUid, stored), revision: stored.revision };
  }

  /** The write that fails when a relation was added since this was called; to be called before anything is looked at. */
  async turn(tenant: string): Promise<Write> {
    const key = { tenant, collection: lineageCollection.name, id: "turn" };
    const document = await this.#documents.get(key);
    if (document === undefined) return { kind: "insert", key, body: {} };
    return { kind: "replace", key, revision: document.revision, body: {} };
  }
}

function termOf(end: RelationEnd, id: string): string {
  return `${end}:${id}`;
}

function relationKey(
  tenant: string,
  { kind, source, target }: Pick<StoredRelation, "kind" | "source" | "target">,
): DocumentKey {
  return { tenant, collection: relationsCollection.name, id: `${source.id}/${RelationKind[kind]}/${target.id}` };
}

function bodyOf({ uid, kind, source, target, creator, createTimeMs }: StoredRelation): JsonObject {
  return {
    uid,
    kind: RelationKind[kind],
    source: { ...source },
    target: isVersion(target) ? { ...target } : { name: target.dataset.name, artifact: target.dataset.artifact },
    creator,
    createTimeMs,
  };
}

function relationOfBody(body: StoredDocument["body"], revision: number): StoredRelation {
  const { uid, kind, source, target, creator, createTimeMs } = body;
  return {
    revision,
    uid: uid as string,
    kind: RelationKind[kind as keyof typeof RelationKind],
    source: source as unknown as VersionPoint,
    target: pointOfJson(target as JsonObject),
    creator: creator as string,
    createTimeMs: createTimeMs as number,
  };
}

function pointOfJson(target: JsonObject): LineagePoint {
  if ("modelUid" in target) return target as unknown as VersionPoint;
  const { name, artifact } = target;
  return datasetPoint(create(LineageDatasetSchema, { name: name as string, artifact: artifact as string }));
}
