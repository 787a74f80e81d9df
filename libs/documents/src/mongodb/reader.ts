import type { Document, FindOptions } from "mongodb";
import type { Collections } from "../collections.ts";
import type { Cursor, DocumentKey, Filter, Ordering, Page, Query, StoredDocument } from "../document-store.ts";
import type { KnownOrders } from "./known-orders.ts";
import { type Entries, entryId, keyOfEntryId, type Listing, type StoredEntry, valueScope } from "./layout.ts";
import { matching, placedBehind, sorted, sortPath } from "./mongo-query.ts";
import { unpackNumber, unpackString } from "./packed-values.ts";

/** Far above what any listing of a service takes; a query that takes longer is ended by the server. */
const MOST_TIME_MS = 10_000;

/** What a majority has confirmed: every acknowledged commit is among it. Snapshot: all from one point in time. */
const ONE = { readConcern: { level: "majority" }, maxTimeMS: MOST_TIME_MS } as const;
const TOGETHER = { readConcern: { level: "snapshot" }, maxTimeMS: MOST_TIME_MS } as const;

/** Answers reads, from the primary. */
export class Reader {
  readonly #entries: Entries;
  readonly #collections: Collections;
  readonly #known: KnownOrders;

  constructor(entries: Entries, collections: Collections, known: KnownOrders) {
    this.#entries = entries;
    this.#collections = collections;
    this.#known = known;
  }

  async getMany(keys: DocumentKey[]): Promise<(StoredDocument | undefined)[]> {
    const ids = [...new Set(keys.map(entryId))];
    const options = { ...(ids.length === 1 ? ONE : TOGETHER), projection: { x: 0, v: 0 }, batchSize: ids.length + 1 };
    const found = new Map<string, StoredDocument>();
    for (const entry of await this.#find({ _id: { $in: ids } }, options)) found.set(entry._id, this.#documentOf(entry));
    return keys.map((key) => found.get(entryId(key)));
  }

  async page(listing: Listing, query: Omit<Query, "tenant">): Promise<Page> {
    const { filter = { and: [] }, ordering = { by: "created", direction: "ascending" }, after, limit } = query;
    const values = ordering.by === "created" ? {} : { [sortPath(listing, ordering.by)]: 1 };
    const found = await this.#find(
      { ...matching(listing, filter), ...placedBehind(listing, ordering, after) },
      {
        ...TOGETHER,
        sort: sorted(listing, ordering),
        limit: limit + 1,
        batchSize: limit + 1,
        projection: { o: 1, r: 1, f: 1, b: 1, ...values },
      },
    );
    const documents = found.slice(0, limit).map((entry) => this.#documentOf(entry));
    const last = found[limit - 1];
    return found.length > limit && last ? { documents, next: placeOf(listing, ordering, last) } : { documents };
  }

  count(listing: Listing, filter: Filter, cap: number): Promise<number> {
    return this.#entries.countDocuments(matching(listing, filter), { ...TOGETHER, limit: cap });
  }

  async #find(filter: Document, options: FindOptions): Promise<StoredEntry[]> {
    return (await this.#entries.find(filter, options).toArray()) as StoredEntry[];
  }

  #documentOf({ _id, r, o, f, b }: StoredEntry): StoredDocument {
    this.#known.set(_id, o);
    const key = keyOfEntryId(_id);
    return { key, revision: r, order: o, body: this.#collections.fromStored(key.collection, f, b) };
  }
}

function placeOf(listing: Listing, { by }: Ordering, { o, v }: StoredEntry): Cursor {
  if (by === "created") return { order: o };
  const packed = v[sortPath(listing, by).slice("v.".length)] ?? "";
  const own = packed.slice(valueScope(listing).length);
  return { order: o, value: "number" in by ? unpackNumber(own) : unpackString(own) };
}
