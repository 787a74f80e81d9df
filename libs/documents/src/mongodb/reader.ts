import type { Collections } from "../collections.ts";
import type { Cursor, DocumentKey, Filter, Ordering, Page, Query, StoredDocument } from "../document-store.ts";
import { GatheredLookups } from "./gathered-lookups.ts";
import type { KnownOrders } from "./known-orders.ts";
import { type Entries, entryId, keyOfEntryId, type Listing, type StoredEntry, valueScope } from "./layout.ts";
import { matching, placedBehind, sorted, sortPath } from "./mongo-query.ts";
import { unpackNumber, unpackString } from "./packed-values.ts";

/** Far above what any listing of a service takes; a query that takes longer is ended by the server. */
const MOST_TIME_MS = 10_000;

/** All from one point in time, and what a majority has confirmed: every acknowledged commit is among it. */
const TOGETHER = { readConcern: { level: "snapshot" }, maxTimeMS: MOST_TIME_MS } as const;

/** Answers reads, from the primary. */
export class Reader {
  readonly #entries: Entries;
  readonly #collections: Collections;
  readonly #known: KnownOrders;
  readonly #lookups: GatheredLookups;

  constructor(entries: Entries, collections: Collections, known: KnownOrders) {
    this.#entries = entries;
    this.#collections = collections;
    this.#known = known;
    this.#lookups = new GatheredLookups(entries, MOST_TIME_MS);
  }

  async getMany(keys: DocumentKey[]): Promise<(StoredDocument | undefined)[]> {
    const ids = keys.map(entryId);
    const found = await this.#lookups.find(ids);
    return ids.map((id) => {
      const entry = found.get(id);
      return entry && this.#documentOf(entry);
    });
  }

  async page(listing: Listing, query: Omit<Query, "tenant">): Promise<Page> {
    const { filter = { and: [] }, ordering = { by: "created", direction: "ascending" }, after, limit } = query;
    const values = ordering.by === "created" ? {} : { [sortPath(listing, ordering.by)]: 1 };
    const found = (await this.#entries
      .find(
        { ...matching(listing, filter), ...placedBehind(listing, ordering, after) },
        {
          ...TOGETHER,
          sort: sorted(listing, ordering),
          limit: limit + 1,
          batchSize: limit + 1,
          projection: { o: 1, r: 1, f: 1, b: 1, ...values },
        },
      )
      .toArray()) as StoredEntry[];
    const documents = found.slice(0, limit).map((entry) => this.#documentOf(entry));
    const last = found[limit - 1];
    return found.length > limit && last ? { documents, next: placeOf(listing, ordering, last) } : { documents };
  }

  count(listing: Listing, filter: Filter, cap: number): Promise<number> {
    return this.#entries.countDocuments(matching(listing, filter), { ...TOGETHER, limit: cap });
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
