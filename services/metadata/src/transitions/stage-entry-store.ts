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
import { StageEntrySchema } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { listPage } from "@slipway/resources";
import type { StoredVersion } from "../versions/version.ts";
import type { StoredEntry } from "./stage-entry.ts";
import { entryIndexes, lastingAt, projectEntry } from "./stage-entry-search.ts";

/**
 * The history of stages: stays under `{uid of the model}/{ordinal}`. Body: `resource` (the version as a number, the
 * transition as a uid), `modelUid`, `from`, `restored`.
 */
export const stageEntriesCollection: CollectionDefinition = {
  name: "stage-entries",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => projectEntry(entryOfBody(body, 0)),
};

/** Pages in which walks over the entries of a stage are read. */
const WALK_PAGE = 20;

/** The history of stages in the DocumentStore, always of one tenant. */
export class StageEntryStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** The stay of a version in the stage that it is in; undefined where it is in none. */
  async current(tenantUid: string, stored: StoredVersion): Promise<StoredEntry | undefined> {
    const { modelUid, version, stageEntry } = stored;
    if (stageEntry === undefined) return undefined;
    const document = await this.#documents.get(entryKey(tenantUid, modelUid, stageEntry));
    if (document === undefined) throw new Error(`the stay of ${version.uid} in ${version.stage} is not in the history`);
    return storedEntryOf(document);
  }

  /** The entries of a stage that last at a time in milliseconds, or now, the one that began last first. At most 1,000. */
  async at(tenantUid: string, modelUid: string, stage: string, timeMs?: number): Promise<StoredEntry[]> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: stageEntriesCollection.name,
      filter: lastingAt(timeMs),
      ordering: { by: { number: entryIndexes.stage(modelUid, stage) }, direction: "descending" },
      limit: 1000,
    });
    return documents.map(storedEntryOf);
  }

  /** The entries of a stage, the last one first, read as far as they are looked at. */
  async *ofStage(tenantUid: string, modelUid: string, stage: string): AsyncIterable<StoredEntry> {
    const ordering: Ordering = { by: { number: entryIndexes.stage(modelUid, stage) }, direction: "descending" };
    const query = { tenant: tenantUid, collection: stageEntriesCollection.name, ordering, limit: WALK_PAGE };
    let after: Cursor | undefined;
    do {
      const page = await this.#documents.query(after === undefined ? query : { ...query, after });
      yield* page.documents.map(storedEntryOf);
      after = page.next;
    } while (after !== undefined);
  }

  async list(
    tenantUid: string,
    query: { filter: Filter; ordering: Ordering },
    page: { pageSize: number; pageToken: string },
  ): Promise<{ entries: StoredEntry[]; nextPageToken: string }> {
    const whole = { tenant: tenantUid, collection: stageEntriesCollection.name, ...query };
    const { documents, nextPageToken } = await listPage(this.#documents, whole, page);
    return { entries: documents.map(storedEntryOf), nextPageToken };
  }

  /** Writes a new entry, or one that was read in its place. */
  put(tenantUid: string, stored: StoredEntry): Write {
    const { revision, modelUid, entry } = stored;
    const key = entryKey(tenantUid, modelUid, Number(entry.ordinal));
    const body = bodyOf(stored);
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  /** Writes that remove some entries of a model that is purged; none once there are none. */
  async removals(tenantUid: string, modelUid: string): Promise<Write[]> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: stageEntriesCollection.name,
      ordering: { by: { number: entryIndexes.model(modelUid) }, direction: "ascending" },
      limit: 1000,
    });
    return documents.map(({ key, revision }) => ({ kind: "delete", key, revision }));
  }
}

function entryKey(tenant: string, modelUid: string, ordinal: number): DocumentKey {
  return { tenant, collection: stageEntriesCollection.name, id: `${modelUid}/${ordinal}` };
}

function bodyOf({ entry, modelUid, from, restored }: StoredEntry): JsonObject {
  const resource = toJson(StageEntrySchema, entry);
  return { resource, modelUid, from, ...(restored !== undefined && { restored }) };
}

function storedEntryOf({ body, revision }: StoredDocument): StoredEntry {
  return entryOfBody(body, revision);
}

function entryOfBody({ resource = {}, modelUid, from, restored }: JsonObject, revision: number): StoredEntry {
  return {
    revision,
    modelUid: modelUid as string,
    entry: fromJson(StageEntrySchema, resource),
    from: from as string,
    ...(restored !== undefined && { restored: restored as number }),
  };
}
