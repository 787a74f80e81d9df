import type { Clock, Logger } from "@slipway/runtime";
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
import { DocumentStoreError } from "./document-store.ts";
import { limits } from "./limits.ts";
import { AbandonedTransactions } from "./mongodb/abandoned-transactions.ts";
import { assertFits } from "./mongodb/assert-fits.ts";
import { CommitQueue } from "./mongodb/commit-queue.ts";
import { Committer } from "./mongodb/committer.ts";
import { MongoConnection } from "./mongodb/connection.ts";
import { Formats } from "./mongodb/formats.ts";
import { KnownOrders } from "./mongodb/known-orders.ts";
import { ENTRIES, type Entries, type Entry, entryIndexes } from "./mongodb/layout.ts";
import { failureOf } from "./mongodb/mongo-failure.ts";
import { OrderKeys } from "./mongodb/order-keys.ts";
import type { PlanningBounds } from "./mongodb/query-planner.ts";
import { Reader } from "./mongodb/reader.ts";
import { reindex } from "./mongodb/reindex.ts";
import { prepareCommit } from "./prepare-commit.ts";
import { assertedCount, assertKeys, assertPage, assertPageAcrossTenants } from "./reads.ts";
import { assertKeyPart } from "./requests.ts";

export interface MongoDocumentsOptions {
  /** `mongodb://[user:password@]host:port[,…]/?replicaSet=rs0`; the path does not matter. */
  url: string;
  /** One of its own for each service. Made where it is missing. Several processes may open one. */
  database: string;
  collections: CollectionDefinition[];
  /** Stamps order keys. */
  clock: Clock;
  log: Logger;
  /** Default: what suits a million documents. Tests take small ones. */
  planning?: PlanningBounds;
}

export interface MongoDocuments {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  /** What it waits for, in words for an operator; empty when it serves. Follows what happens in the background. */
  missing(): string[];
}

/**
 * Opens the engine for a replica set of MongoDB 6 or newer. Every acknowledged commit is in the journals of a majority.
 * Where the server is away this resolves within seconds all the same; calls fail fast with UNAVAILABLE until it is there.
 * Indexes are made, and documents of a collection whose format was raised indexed again, before it serves.
 * @throws DocumentStoreError NEWER_FORMAT where newer code has written the database; INVALID for a malformed address
 */
export async function openMongoDocuments(options: MongoDocumentsOptions): Promise<MongoDocuments> {
  const collections = new Collections(options.collections);
  const appName = `slipway/${options.database}`;
  const connection = new MongoConnection(options.url, appName, options.log);
  const { client } = connection;
  const database = client.db(options.database);
  const entries: Entries = database.collection<Entry>(ENTRIES);
  const known = new KnownOrders();
  const formats = new Formats(entries, collections.all());
  const committer = new Committer({
    client,
    entries,
    collections,
    formats,
    orders: new OrderKeys(database, options.clock),
    known,
    abandoned: new AbandonedTransactions(client, appName, options.log),
  });
  const queue = new CommitQueue((requests) => committer.run(requests));
  const reader = new Reader(entries, collections, known, options.planning);
  const documents = new MongoDocumentStore(connection, collections, options.clock, reader, queue);
  await connection.open(() => prepareDatabase(entries, collections, formats));
  return {
    documents,
    acrossTenants: { query: (query) => documents.queryAcrossTenants(query) },
    missing: () => connection.missing(),
  };
}

/** Makes what a database needs; may run again, and in several processes at once. */
async function prepareDatabase(entries: Entries, collections: Collections, formats: Formats): Promise<void> {
  const stale = await formats.register();
  for (const { key, options } of entryIndexes(limits.outcomeKeptMs)) await entries.createIndex(key, options);
  for (const collection of stale) {
    await reindex(collection, collections, entries);
    await formats.finishReindex(collection, collections.get(collection).formatVersion);
  }
}

class MongoDocumentStore implements DocumentStore {
  readonly #connection: MongoConnection;
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #reader: Reader;
  readonly #queue: CommitQueue;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(connection: MongoConnection, collections: Collections, clock: Clock, reader: Reader, queue: CommitQueue) {
    this.#connection = connection;
    this.#collections = collections;
    this.#clock = clock;
    this.#reader = reader;
    this.#queue = queue;
  }

  async get(key: DocumentKey): Promise<StoredDocument | undefined> {
    const [document] = await this.getMany([key]);
    return document;
  }

  async getMany(keys: DocumentKey[]): Promise<(StoredDocument | undefined)[]> {
    if (keys.length === 0) return [];
    assertKeys(this.#collections, keys);
    return this.#ask(() => this.#reader.getMany(keys));
  }

  async query(query: Query): Promise<Page> {
    assertKeyPart(query.tenant);
    assertPage(this.#collections, query);
    const { tenant, collection } = query;
    return this.#ask(() => this.#reader.page({ tenant, collection }, query));
  }

  async queryAcrossTenants(query: Omit<Query, "tenant">): Promise<Page> {
    assertPageAcrossTenants(this.#collections, query);
    const { collection } = query;
    return this.#ask(() => this.#reader.page({ collection }, query));
  }

  async count(query: Pick<Query, "tenant" | "collection" | "filter">, cap: number): Promise<number> {
    const { tenant, collection } = query;
    const filter = assertedCount(this.#collections, query, cap);
    return this.#ask(() => this.#reader.count({ tenant, collection }, filter, cap));
  }

  async commit(writes: Write[], commitId: string): Promise<CommitOutcome> {
    const request = prepareCommit(this.#collections, writes, commitId, this.#clock.nowMs());
    assertFits(request);
    return this.#ask(() => this.#queue.add(request));
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#connection.close();
  }

  async #ask<Value>(call: () => Promise<Value>): Promise<Value> {
    if (this.#closed) throw new DocumentStoreError("UNAVAILABLE", "the document store is closed");
    this.#connection.assertPrepared();
    const answer = call();
    this.#underWay.add(answer);
    try {
      return await answer;
    } catch (error) {
      throw failureOf(error);
    } finally {
      this.#underWay.delete(answer);
    }
  }
}
