import type { Collections } from "../collections.ts";
import type { Cursor, DocumentKey, Filter, Ordering, Page, Query, StoredDocument } from "../document-store.ts";
import { GatheredLookups } from "./gathered-lookups.ts";
import type { KnownOrders } from "./known-orders.ts";
import { type Entries, entryId, keyOfEntryId, type Listing, type StoredEntry, valueScope } from "./layout.ts";
import { allOf, ownedBy, placedBehind, sorted, sortPath } from "./mongo-query.ts";
import { unpackNumber, unpackString } from "./packed-values.ts";
import { type Asked, type PlanningBounds, QueryPlanner } from "./query-planner.ts";

/** Far above what any listing of a service takes; a query that takes longer is ended by the server. */
const MOST_TIME_MS = 10_000;

/** All from one point in time, and what a majority has confirmed: every acknowledged commit is among it. */
const TOGETHER = { readConcern: { level: "snapshot" }, maxTimeMS: MOST_TIME_MS } as const;

const FROM_THE_FIRST: Ordering = { by: "created", direction: "ascending" };

/** Answers reads, from the primary. */
export class Reader {
  readonly #entries: Entries;
  readonly #collections: Collections;
  readonly #known: KnownOrders;
  readonly #lookups: GatheredLookups;
  readonly #planner: QueryPlanner;

  constructor(entries: Entries, collections: Collections, known: KnownOrders, bounds?: PlanningBounds) {
    this.#entries = entries;
    this.#collections = collections;
    this.#known = known;
    this.#lookups = new GatheredLookups(entries, MOST_TIME_MS);
    this.#planner = new QueryPlanner(entries, MOST_TIME_MS, bounds);
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
    const { filter = { and: [] }, ordering = FROM_THE_FIRST, after, limit } = query;
    const found = await this.#find(listing, { filter, ordering, after, limit });
    const documents = found.slice(0, limit).map((entry) => this.#documentOf(entry));
    const last = found[limit - 1];
    return found.length > limit && last ? { documents, next: placeOf(listing, ordering, last) } : { documents };
  }

  async count(listing: Listing, filter: Filter, cap: number): Promise<number> {
    const { hint, filter: wanted } = await this.#planner.forCount(listing, filter);
    return this.#entries.countDocuments(wanted, { ...TOGETHER, hint, limit: cap });
  }

  /** At most one more than the limit. */
  async #find(listing: Listing, asked: Asked): Promise<StoredEntry[]> {
    const { filter, ordering, after, limit } = asked;
    const values = ordering.by === "created" ? {} : { [sortPath(listing, ordering.by)]: 1 };
    const options = {
      ...TOGETHER,
      sort: sorted(listing, ordering),
      limit: limit + 1,
      batchSize: limit + 1,
      projection: { o: 1, r: 1, f: 1, b: 1, ...values },
    };
    const behind = placedBehind(listing, ordering, after);
    // Over all tenants, the server decides by itself: those listings are short.
    if (listing.tenant === undefined) {
      const wanted = { ...ownedBy(listing), $and: [behind, allOf(listing, [filter])] };
      return (await this.#entries.find(wanted, options).toArray()) as StoredEntry[];
    }
    return this.#planner.page(listing, asked, async (plan) => {
      const wanted = { $and: [plan.filter, behind] };
      return (await this.#entries.find(wanted, { ...options, hint: plan.hint }).toArray()) as StoredEntry[];
    });
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
