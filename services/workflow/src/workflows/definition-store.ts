import { fromJson, toJson } from "@bufbuild/protobuf";
import type { CollectionDefinition, DocumentKey, DocumentStore, JsonObject } from "@slipway/documents";
import { WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import type { Ids } from "@slipway/runtime";
import { type Definition, definitionOf } from "./definition.ts";

/** What runs have pinned, by digest: never changed, never removed. Body: `resource`, the definition's ProtoJSON. */
export const definitionsCollection: CollectionDefinition = {
  name: "definitions",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Definitions kept in memory; one has 100 steps at most. */
const MAX_CACHED = 1_000;

/** Pinned definitions in and out of the database, cached since they never change. */
export class DefinitionStore {
  readonly #documents: DocumentStore;
  readonly #ids: Ids;
  readonly #cache = new Map<string, Definition>();

  constructor({ documents, ids }: { documents: DocumentStore; ids: Ids }) {
    this.#documents = documents;
    this.#ids = ids;
  }

  /** Keeps a definition for runs that are about to pin it. */
  async keep(tenantUid: string, definition: Definition): Promise<void> {
    if (this.#cache.has(cacheKey(tenantUid, definition.digest))) return;
    const body = { resource: toJson(WorkflowSchema, definition.workflow) as JsonObject };
    // The outcome that it exists is as good: the digest says that it is the same.
    await this.#documents.commit([{ kind: "insert", key: keyOf(tenantUid, definition.digest), body }], this.#ids.uid());
    this.#remember(tenantUid, definition);
  }

  /** The definition that a run of the tenant has pinned. */
  async get(tenantUid: string, digest: string): Promise<Definition> {
    const cached = this.#cache.get(cacheKey(tenantUid, digest));
    if (cached !== undefined) return cached;
    const document = await this.#documents.get(keyOf(tenantUid, digest));
    if (document === undefined) throw new Error(`the pinned definition ${digest} is missing`);
    const definition = definitionOf(fromJson(WorkflowSchema, document.body.resource as JsonObject));
    this.#remember(tenantUid, definition);
    return definition;
  }

  #remember(tenantUid: string, definition: Definition): void {
    if (this.#cache.size >= MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value as string);
    this.#cache.set(cacheKey(tenantUid, definition.digest), definition);
  }
}

function cacheKey(tenantUid: string, digest: string): string {
  return `${tenantUid}/${digest}`;
}

function keyOf(tenantUid: string, digest: string): DocumentKey {
  return { tenant: tenantUid, collection: definitionsCollection.name, id: digest };
}
