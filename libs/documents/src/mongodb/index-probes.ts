import type { Document } from "mongodb";
import type { Cursor, Ordering } from "../document-store.ts";
import type { Entries, Listing } from "./layout.ts";
import { ownedBy, placedBehind, sorted, sortPath } from "./mongo-query.ts";
import type { Driver } from "./query-drivers.ts";
import { RecentAnswers } from "./recent-answers.ts";

/** From where on a listing is read. */
export interface Place {
  ordering: Ordering;
  after: Cursor | undefined;
}

/**
 * What indexes alone tell about a query of one tenant, at a microsecond for each entry. It may be some seconds old, and a
 * few wrong.
 */
export class IndexProbes {
  readonly #entries: Entries;
  readonly #maxTimeMs: number;
  readonly #recent = new RecentAnswers();

  constructor(entries: Entries, maxTimeMs: number) {
    this.#entries = entries;
    this.#maxTimeMs = maxTimeMs;
  }

  /** The one that finds the fewest documents, and how many: not more than `cap`. */
  async fewest(listing: Listing, drivers: Driver[], cap: number): Promise<[Driver | undefined, number]> {
    const counts = await Promise.all(
      drivers.map(({ index, bounds, counted }) => {
        // What stands before a value tells the tenant already, and no index of values knows it otherwise.
        const query = index === "values" ? counted : { ...ownedBy(listing), ...counted };
        const options = { hint: index, limit: cap, maxTimeMS: this.#maxTimeMs };
        return this.#recent.get(JSON.stringify([listing, bounds, cap]), () =>
          this.#entries.countDocuments(query, options),
        );
      }),
    );
    const fewest = Math.min(...counts);
    return [drivers[counts.indexOf(fewest)], fewest];
  }

  /** Of drivers in order of creation the one that gets farthest, from a place on, with `count` documents. */
  async sparsest(listing: Listing, drivers: Driver[], place: Place, count: number): Promise<Driver | undefined> {
    const { ordering, after } = place;
    const ends = await Promise.all(
      drivers.map(async ({ bounds }) => {
        const query = { ...ownedBy(listing), ...bounds, ...placedBehind(listing, ordering, after) };
        const last = await this.#skip("terms", query, listing, ordering, "o", count);
        return ordering.direction === "ascending" ? (last?.o ?? Infinity) : -(last?.o ?? -Infinity);
      }),
    );
    return drivers[ends.indexOf(Math.max(...ends))];
  }

  /** The documents of an ordering by a value up to the one behind `count`; undefined where there is none. */
  async stretch(listing: Listing, range: Document, place: Place, count: number): Promise<Document | undefined> {
    const { ordering, after } = place;
    if (ordering.by === "created") return undefined;
    const path = sortPath(listing, ordering.by);
    const query = { $and: [range, placedBehind(listing, ordering, after)] };
    const last = await this.#skip("values", query, listing, ordering, path, count);
    const packed = last?.v?.[path.slice("v.".length)];
    const upTo = ordering.direction === "ascending" ? "$lte" : "$gte";
    return packed === undefined ? undefined : { [path]: { [upTo]: packed } };
  }

  async #skip(
    hint: "terms" | "values",
    query: Document,
    listing: Listing,
    ordering: Ordering,
    path: string,
    skip: number,
  ): Promise<{ o?: number; v?: Record<string, string> } | undefined> {
    const projection = { _id: 0, [path]: 1 };
    const sort = sorted(listing, ordering);
    const options = { hint, sort, skip, limit: 1, projection, maxTimeMS: this.#maxTimeMs };
    return this.#recent.get(JSON.stringify([query, sort, skip]), async () => {
      const [found] = await this.#entries.find(query, options).toArray();
      return found;
    });
  }
}
