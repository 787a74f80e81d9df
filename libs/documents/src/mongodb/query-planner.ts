import type { Document } from "mongodb";
import type { Cursor, Filter, Ordering } from "../document-store.ts";
import type { Entries, Listing } from "./layout.ts";
import { allOf, ownedBy, placedBehind, sorted, sortPath } from "./mongo-query.ts";
import { conjunctsOf, type Driver, driversOf } from "./query-drivers.ts";

/** Counts of documents that decide how a query is answered. */
export interface PlanningBounds {
  /** So many are looked at one by one, and sorted, sooner than those of an ordering until a page is full. */
  few: number;
  /** So many are tried in an ordering by a value before it is counted further which condition holds for fewest. */
  stretch: number;
  /** How far they are counted then: looking at as many takes some tenths of a second. */
  many: number;
}

/** Measured with a million documents: counting takes a microsecond for each, looking at one ten, sooner or later. */
const BOUNDS: PlanningBounds = { few: 1_000, stretch: 4_000, many: 20_000 };

/** The index to read, and what to look for. */
export interface QueryPlan {
  hint: "terms" | "values" | "orders";
  filter: Document;
  /** It looks at the first part of the ordering only: what it finds counts where it fills a page. */
  isPart?: true;
}

/** What of a query decides how it is answered. */
export interface Asked {
  filter: Filter;
  ordering: Ordering;
  after: Cursor | undefined;
}

/**
 * Decides by what index the server reads a listing of one tenant: by the condition that holds for the fewest documents,
 * or in the order that is asked for where all hold for many. The server's own choice rests on what it has chosen for
 * other terms, and on trials that read up to three tenths of everything where there are few matches. So it is left none:
 * it is told the index, and all conditions but one stand where no index can answer them.
 */
export class QueryPlanner {
  readonly #entries: Entries;
  readonly #maxTimeMs: number;
  readonly #bounds: PlanningBounds;

  constructor(entries: Entries, maxTimeMs: number, bounds = BOUNDS) {
    this.#entries = entries;
    this.#maxTimeMs = maxTimeMs;
    this.#bounds = bounds;
  }

  /** One after the other, until one that is no part, or whose part fills the page. */
  async *forPage(listing: Listing, asked: Asked): AsyncIterable<QueryPlan> {
    const conjuncts = conjunctsOf(asked.filter);
    const drivers = driversOf(listing, conjuncts);
    const { ordering } = asked;
    const inOrder = ordering.by === "created" ? drivers.filter((driver) => driver.inOrder) : [];
    const driver = await this.#choose(listing, drivers, inOrder, asked);
    if (driver) yield drivenBy(listing, driver);
    else if (ordering.by === "created") yield planOf(listing, "orders", conjuncts);
    else {
      const walk = planOf(listing, "values", conjuncts);
      if (drivers.length > 0) {
        const end = await this.#endOfStretch(listing, asked);
        if (end !== undefined) yield { ...walk, filter: { $and: [walk.filter, end] }, isPart: true };
        const [fewest, count] = await this.#fewest(listing, drivers, this.#bounds.many);
        if (fewest && count < this.#bounds.many) return yield drivenBy(listing, fewest);
      }
      yield walk;
    }
  }

  async forCount(listing: Listing, filter: Filter): Promise<QueryPlan> {
    const conjuncts = conjunctsOf(filter);
    const drivers = driversOf(listing, conjuncts);
    const inOrder = drivers.filter((driver) => driver.inOrder);
    const ordering: Ordering = { by: "created", direction: "ascending" };
    const fitting = inOrder.length > 0 ? inOrder : drivers.slice(0, 1);
    const driver = await this.#choose(listing, drivers, fitting, { filter, ordering, after: undefined });
    return driver ? drivenBy(listing, driver) : planOf(listing, "orders", conjuncts);
  }

  /** One that finds few, or the best of those that need no sort. */
  async #choose(listing: Listing, drivers: Driver[], fitting: Driver[], asked: Asked): Promise<Driver | undefined> {
    if (drivers.length === fitting.length && drivers.length <= 1) return fitting[0];
    const [fewest, count] = await this.#fewest(listing, drivers, this.#bounds.few);
    if (count < this.#bounds.few) return fewest;
    return fitting.length <= 1 ? fitting[0] : this.#sparsest(listing, fitting, asked);
  }

  async #fewest(listing: Listing, drivers: Driver[], cap: number): Promise<[Driver | undefined, number]> {
    const counts = await Promise.all(drivers.map((driver) => this.#count(listing, driver, cap)));
    const fewest = Math.min(...counts);
    return [drivers[counts.indexOf(fewest)], fewest];
  }

  /** Only by the index, so it may be a few wrong. */
  #count(listing: Listing, { index, counted }: Driver, cap: number): Promise<number> {
    const query = index === "values" ? counted : { ...ownedBy(listing), ...counted };
    return this.#entries.countDocuments(query, { hint: index, limit: cap, maxTimeMS: this.#maxTimeMs });
  }

  /** The one that gets farthest with as many documents. */
  async #sparsest(listing: Listing, drivers: Driver[], { ordering, after }: Asked): Promise<Driver | undefined> {
    const ends = await Promise.all(
      drivers.map(async ({ bounds }) => {
        const query = { ...ownedBy(listing), ...bounds, ...placedBehind(listing, ordering, after) };
        const last = await this.#skip("terms", query, listing, ordering, this.#bounds.few);
        return ordering.direction === "ascending" ? (last?.o ?? Infinity) : -(last?.o ?? -Infinity);
      }),
    );
    return drivers[ends.indexOf(Math.max(...ends))];
  }

  /** Undefined where the rest of an ordering is shorter. */
  async #endOfStretch(listing: Listing, { ordering, after }: Asked): Promise<Document | undefined> {
    if (ordering.by === "created") return undefined;
    const path = sortPath(listing, ordering.by);
    const query = placedBehind(listing, ordering, after);
    const last = await this.#skip("values", query, listing, ordering, this.#bounds.stretch);
    const packed = last?.v?.[path.slice("v.".length)];
    return packed === undefined
      ? undefined
      : { [path]: { [ordering.direction === "ascending" ? "$lte" : "$gte"]: packed } };
  }

  /** What stands behind so many, as the index knows it. */
  async #skip(
    hint: "terms" | "values",
    query: Document,
    listing: Listing,
    ordering: Ordering,
    skip: number,
  ): Promise<{ o?: number; v?: Record<string, string> } | undefined> {
    const known = ordering.by === "created" ? "o" : sortPath(listing, ordering.by);
    const options = {
      hint,
      sort: sorted(listing, ordering),
      skip,
      limit: 1,
      projection: { _id: 0, [known]: 1 },
      maxTimeMS: this.#maxTimeMs,
    };
    const [found] = await this.#entries.find(query, options).toArray();
    return found;
  }
}

function drivenBy(listing: Listing, { index, bounds, rest }: Driver): QueryPlan {
  return planOf(listing, index, rest, bounds);
}

function planOf(listing: Listing, hint: QueryPlan["hint"], rest: Filter[], bounds: Document = {}): QueryPlan {
  // The second half holds for no document, and no index knows it.
  const unindexed = rest.length === 0 ? {} : { $or: [allOf(listing, rest), { r: 0 }] };
  return { hint, filter: { ...ownedBy(listing), ...bounds, ...unindexed } };
}
