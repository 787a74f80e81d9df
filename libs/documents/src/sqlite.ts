import type { Clock } from "@slipway/runtime";
import { Collections } from "./collections.ts";
import type {
  AcrossTenants,
  CollectionDefinition,
  CommitOutcome,
  DocumentKey,
  DocumentStore,
  Page,
  Query,
  StoredDocument,
  Write,
} from "./document-store.ts";
import { prepareCommit } from "./prepare-commit.ts";
import { assertedCount, assertKeys, assertPage, assertPageAcrossTenants } from "./reads.ts";
import { assertKeyPart } from "./requests.ts";
import { commitOrder } from "./sqlite/commit-order.ts";
import { Connection } from "./sqlite/connection.ts";
import type { ReaderRequest, StoredRow, WriterRequest } from "./sqlite/messages.ts";
import { reindex } from "./sqlite/reindex.ts";

export { type DocumentFaultPoint, documentFaultPoints } from "./fault-points.ts";

export interface SqliteDocumentsOptions {
  /** The database file; its folder is made where it is missing. Several processes may open one file. */
  path: string;
  collections: CollectionDefinition[];
  /** Stamps order keys and remembered outcomes. */
  clock: Clock;
}

/**
 * Opens the embedded engine: one SQLite file. One thread of the process writes and one reads, for all its databases.
 * Every acknowledged commit is synced to the disk. Where a collection's format was raised, its documents are indexed again before this resolves.
 * @throws DocumentStoreError NEWER_FORMAT where newer code has written the file, INVALID, FULL, UNAVAILABLE
 */
export async function openSqliteDocuments(
  options: SqliteDocumentsOptions,
): Promise<{ documents: DocumentStore; acrossTenants: AcrossTenants }> {
  const collections = new Collections(options.collections);
  const file = { kind: "open", path: options.path, collections: collections.all() } as const;
  const opened: { close(): Promise<void> }[] = [];
  try {
    // The writer makes the tables that the reader prepares its statements on.
    const writer = await Connection.open<WriterRequest>("writer", file);
    opened.push(writer);
    const reader = await Connection.open<ReaderRequest>("reader", file);
    opened.push(reader);
    for (const collection of writer.stale) await reindex(collection, collections, reader, writer);
    const documents = new SqliteDocuments(collections, options.clock, writer, reader);
    return { documents, acrossTenants: { query: (query) => documents.queryAcrossTenants(query) } };
  } catch (error) {
    await Promise.all(opened.map((connection) => connection.close()));
    throw error;
  }
}

class SqliteDocuments implements DocumentStore {
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #writer: Connection<WriterRequest>;
  readonly #reader: Connection<ReaderRequest>;

  constructor(
    collections: Collections,
    clock: Clock,
    writer: Connection<WriterRequest>,
    reader: Connection<ReaderRequest>,
  ) {
    this.#collections = collections;
    this.#clock = clock;
    this.#writer = writer;
    this.#reader = reader;
  }

  async get(key: DocumentKey): Promise<StoredDocument | undefined> {
    const [document] = await this.getMany([key]);
    return document;
  }

  async getMany(keys: DocumentKey[]): Promise<(StoredDocument | undefined)[]> {
    if (keys.length === 0) return [];
    assertKeys(this.#collections, keys);
    const { rows } = await this.#reader.call({ kind: "get", keys });
    return rows.map((row) => row && this.#documentOf(row));
  }

  async query(query: Query): Promise<Page> {
    assertKeyPart(query.tenant);
    assertPage(this.#collections, query);
    return this.#page(query, query.tenant);
  }

  async queryAcrossTenants(query: Omit<Query, "tenant">): Promise<Page> {
    assertPageAcrossTenants(this.#collections, query);
    return this.#page(query);
  }

  async #page(query: Omit<Query, "tenant">, tenant?: string): Promise<Page> {
    const { rows, next } = await this.#reader.call({
      kind: "page",
      ...(tenant !== undefined && { tenant }),
      collection: query.collection,
      filter: query.filter ?? { and: [] },
      ordering: query.ordering ?? { by: "created", direction: "ascending" },
      ...(query.after && { after: query.after }),
      limit: query.limit,
    });
    const documents = rows.filter((row) => row !== undefined).map((row) => this.#documentOf(row));
    return next ? { documents, next } : { documents };
  }

  async count(query: Pick<Query, "tenant" | "collection" | "filter">, cap: number): Promise<number> {
    const filter = assertedCount(this.#collections, query, cap);
    return this.#reader.call({ kind: "count", tenant: query.tenant, collection: query.collection, filter, cap });
  }

  async commit(writes: Write[], commitId: string): Promise<CommitOutcome> {
    return this.#writer.call(commitOrder(prepareCommit(this.#collections, writes, commitId, this.#clock.nowMs())));
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#reader.close()]);
  }

  #documentOf({ tenant, collection, id, revision, order, formatVersion, body }: StoredRow): StoredDocument {
    return {
      key: { tenant, collection, id },
      revision,
      order,
      body: this.#collections.fromStored(collection, formatVersion, body),
    };
  }
}
