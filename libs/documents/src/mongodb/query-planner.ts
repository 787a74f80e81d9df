import type { Document } from "mongodb";
import type { Filter } from "../document-store.ts";
import { IndexProbes, type Place } from "./index-probes.ts";
import type { Entries, Listing, StoredEntry } from "./layout.ts";
import { allOf, ownedBy } from "./mongo-query.ts";
import { conjunctsOf, type Driver, driversOf } from "./query-drivers.ts";

/** Counts of documents that decide how a query is answered. */
export interface PlanningBounds {
  /** So many are looked at one by one, and sorted, sooner than those of an ordering until a page is full. */
  few: number;
  /** So many of an ordering by a value are looked at before it is counted further which condition holds for fewest. */
  stretch: number;
  /** How far they are counted then: looking at as many takes some tenths of a second. */
  many: number;
}

/** Measured with a million documents: counting takes a microsecond for each, looking at one ten. */
const BOUNDS: PlanningBounds = { few: 1_000, stretch: 2_000, many: 25_000 };

/** From one count to the next one, which is only worth it where the first one has found too many. */
const STEP = 5;

/** The index to read, and what to look for. */
export interface QueryPlan {
  hint: "terms" | "values" | "orders";
  filter: Document;
}

/** What of a query decides how it is answered. */
export interface Asked extends Place {
  filter: Filter;
  limit: number;
}

/** What a plan finds, at most one more than the limit, in the order that is asked for. */
type Find = (plan: QueryPlan) => Promise<StoredEntry[]>;

/**
 * Decides by what index the server reads a listing of one tenant: by the condition that holds for the fewest documents,
 * or in the order that is asked for where all hold for many. The server's own choice rests on what it has chosen for
 * other terms, and on trials that read up to three tenths of everything where there are few matches. So it is left none:
 * it is told the index, and all conditions but one stand where no index can answer them.
 */
export class QueryPlanner {
  readonly #probes: IndexProbes;
  readonly #bounds: PlanningBounds;

  constructor(entries: Entries, maxTimeMs: number, bounds = BOUNDS) {
    this.#probes = new IndexProbes(entries, maxTimeMs);
    this.#bounds = bounds;
  }

  /** Finds a page and one document more. */
  async page(listing: Listing, asked: Asked, find: Find): Promise<StoredEntry[]> {
    const conjuncts = conjunctsOf(asked.filter);
    if (asked.ordering.by !== "created") return this.#pageByValue(listing, asked, conjuncts, find);
    const drivers = driversOf(listing, conjuncts);
    const inOrder = drivers.filter((driver) => driver.inOrder);
    const driver = await this.#choose(listing, drivers, inOrder, asked);
    return find(driver ? drivenBy(listing, driver) : planOf(listing, "orders", conjuncts));
  }

  async forCount(listing: Listing, filter: Filter): Promise<QueryPlan> {
    const conjuncts = conjunctsOf(filter);
    const drivers = driversOf(listing, conjuncts);
    const inOrder = drivers.filter((driver) => driver.inOrder);
    const fitting = inOrder.length > 0 ? inOrder : drivers.slice(0, 1);
    const anywhere: Place = { ordering: { by: "created", direction: "ascending" }, after: undefined };
    const driver = await this.#choose(listing, drivers, fitting, anywhere);
    return driver ? drivenBy(listing, driver) : planOf(listing, "orders", conjuncts);
  }

  async #pageByValue(listing: Listing, asked: Asked, conjuncts: Filter[], find: Find): Promise<StoredEntry[]> {
    const { by } = asked.ordering;
    // Ranges of the value itself bound the part of the ordering that is looked at.
    const isRange = (filter: Filter) =>
      by !== "created" && "number" in by && "number" in filter && filter.number === by.number;
    const range = allOf(listing, conjuncts.filter(isRange));
    const others = conjuncts.filter((filter) => !isRange(filter));
    const drivers = driversOf(listing, others);
    const walk = planOf(listing, "values", others, range);
    if (drivers.length === 0) return find(walk);
    const within = ({ hint, filter }: QueryPlan): QueryPlan => ({ hint, filter: { $and: [filter, range] } });
    const driver = await this.#choose(listing, drivers, [], asked);
    if (driver) return find(within(drivenBy(listing, driver)));
    const { few, many } = this.#bounds;
    const stretch = await this.#probes.stretch(listing, range, asked, this.#bounds.stretch);
    if (stretch === undefined) return find(walk);
    const found = await find({ ...walk, filter: { $and: [walk.filter, stretch] } });
    if (found.length > asked.limit) return found;
    // The beginning tells how far there is to go in all, and whether it is less to look at what a condition finds.
    const most = Math.min((this.#bounds.stretch * asked.limit) / found.length, many);
    for (let cap = few * STEP; cap <= most; cap *= STEP) {
      const [fewest, count] = await this.#probes.fewest(listing, drivers, cap);
      if (fewest && count < cap) return find(within(drivenBy(listing, fewest)));
    }
    return find(walk);
  }

  /** One that finds few, or the best of those that need no sort. */
  async #choose(listing: Listing, drivers: Driver[], fitting: Driver[], place: Place): Promise<Driver | undefined> {
    if (drivers.length === fitting.length && drivers.length <= 1) return fitting[0];
    const { few } = this.#bounds;
    const [fewest, count] = await this.#probes.fewest(listing, drivers, few);
    if (count < few) return fewest;
    return fitting.length <= 1 ? fitting[0] : this.#probes.sparsest(listing, fitting, place, few);
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
