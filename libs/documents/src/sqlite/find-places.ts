import { compareCodePoints } from "../code-points.ts";
import type { Cursor, Filter, Ordering } from "../document-store.ts";
import { filterMatches } from "../filter-matches.ts";
import type { IndexEntries } from "../index-entries.ts";
import { type Candidates, conjunctsOf, isRange, planFilter } from "./filter-plan.ts";
import { type DocumentSet, type IndexReader, intersection, type Listing } from "./index-reader.ts";

/** From which counts of candidates on another way is quicker. */
interface Thresholds {
  /** Fewer are looked at one by one and sorted: 10 µs each. */
  few: number;
  /**
   * Fewer are put into a set or sorted inside the database: 0.2 µs each. Where there are more, enough of those that the
   * wanted order begins with are among them: in a tenant of 300,000 one of eight.
   */
  many: number;
}

/** To look at a document takes as long as to put so many into a set. */
const WORTH_JOINING = 50;

/** Sets that are joined with the smallest one: each costs up to 8 ms, and a few leave little to the others. */
const MOST_JOINED = 2;

const THRESHOLDS: Thresholds = { few: 1_000, many: 40_000 };

export interface Search {
  listing: Listing;
  filter: Filter;
  ordering: Ordering;
  after?: Cursor;
}

type Value = Exclude<Ordering["by"], "created">;

/** The places of all documents that pass, in order, behind `after`; lazily, so the caller takes what it needs. */
export function findPlaces(index: IndexReader, search: Search, thresholds = THRESHOLDS): Iterable<Cursor> {
  const { by } = search.ordering;
  return by === "created" ? byCreation(index, search, thresholds.many) : byValue(index, search, { by, ...thresholds });
}

/** How many documents pass, but never more than `cap`. */
export function countPlaces(index: IndexReader, listing: Listing, filter: Filter, cap: number): number {
  const { byTerms, byRanges } = planFilter(conjunctsOf(filter), listing);
  const exact = [byTerms, ...byRanges].find(({ rest }) => rest.length === 0);
  if (exact) return index.count(exact.set, cap);
  const ordering = { by: "created", direction: "ascending" } as const;
  return takeAtMost(byCreation(index, { listing, filter, ordering }, THRESHOLDS.many), cap).length;
}

function byCreation(index: IndexReader, { listing, filter, ordering, after }: Search, many: number): Iterable<Cursor> {
  const { byTerms, termsNarrow, byRanges } = planFilter(conjunctsOf(filter), listing);
  const choice = termsNarrow ? [byTerms, ...byRanges] : byRanges;
  const narrow = byRanges.length === 0 ? undefined : narrowest(index, choice, many);
  const { set, rest } = narrow ?? byTerms;
  return probed(index, listing, index.documents(set, ordering.direction, after), rest);
}

function byValue(index: IndexReader, search: Search, { by, few, many }: Thresholds & { by: Value }): Iterable<Cursor> {
  const { listing, filter, ordering, after } = search;
  const conjuncts = conjunctsOf(filter);
  const own = conjuncts.filter(isRange).filter(({ number }) => "number" in by && number === by.number);
  const others = conjuncts.filter((conjunct) => !own.some((range) => range === conjunct));
  const walk = (within?: DocumentSet) => index.values(listing, by, own, within, ordering.direction, after);
  if (others.length === 0) return walk();
  const { byTerms, termsNarrow, byRanges } = planFilter(others, listing);
  const narrow = narrowest(index, termsNarrow ? [byTerms, ...byRanges] : byRanges, many);
  if (narrow === undefined) return probed(index, listing, walk(), others);
  const { set, rest } = narrow;
  if (index.count(set, few) === few) return probed(index, listing, walk(set), rest);
  return sortedAfter(passing(index, listing, { set, rest: [...own, ...rest] }, by), search);
}

/**
 * What those of fewer than `many` have in common, the fewest first, and what none of them answers. One that is larger
 * by WORTH_JOINING costs more to make than it spares.
 */
function narrowest(index: IndexReader, choice: readonly Candidates[], many: number): Candidates | undefined {
  const counted: { candidates: Candidates; count: number }[] = [];
  let most = many;
  for (const candidates of choice) {
    const count = index.count(candidates.set, most);
    if (count < most) counted.push({ candidates, count });
    most = Math.min(most, Math.max(1, count) * WORTH_JOINING);
  }
  const [first, ...others] = counted.sort((left, right) => left.count - right.count);
  if (first === undefined) return undefined;
  const joined = [first, ...others.filter(({ count }) => count < most).slice(0, MOST_JOINED)].map(
    ({ candidates }) => candidates,
  );
  const rest = first.candidates.rest.filter((part) => joined.every((candidates) => candidates.rest.includes(part)));
  return { set: intersection(joined.map(({ set }) => set)), rest };
}

function passing(index: IndexReader, listing: Listing, { set, rest }: Candidates, by: Value): Cursor[] {
  return [...index.documents(set, "ascending")].flatMap(({ order }) => {
    const entries = index.entries(listing, order);
    const value = sortValueOf(entries, by);
    return value !== undefined && holdsAll(rest, entries) ? [{ order, value }] : [];
  });
}

function sortValueOf(entries: IndexEntries, by: Value): number | string | undefined {
  return "number" in by
    ? entries.numbers.find(([name]) => name === by.number)?.[1]
    : entries.strings.find(([name]) => name === by.string)?.[1];
}

function sortedAfter(places: Cursor[], { ordering, after }: Search): Cursor[] {
  const sign = ordering.direction === "ascending" ? 1 : -1;
  const compare = (left: Cursor, right: Cursor): number => sign * comparePlaces(left, right);
  return places.filter((place) => !after || compare(place, after) > 0).sort(compare);
}

function comparePlaces(left: Cursor, right: Cursor): number {
  return compareValues(left.value, right.value) || left.order - right.order;
}

function compareValues(left: number | string | undefined, right: number | string | undefined): number {
  if (typeof left === "string" && typeof right === "string") return compareCodePoints(left, right);
  if (typeof left === "number" && typeof right === "number") return left < right ? -1 : left > right ? 1 : 0;
  return 0;
}

/** Those of a walk that pass; each is looked at where anything is left to be asked. */
function probed(index: IndexReader, listing: Listing, walk: Iterable<Cursor>, rest: Filter[]): Iterable<Cursor> {
  return rest.length === 0 ? walk : passingOf(index, listing, walk, rest);
}

function* passingOf(index: IndexReader, listing: Listing, walk: Iterable<Cursor>, rest: Filter[]): Iterable<Cursor> {
  for (const place of walk) if (holdsAll(rest, index.entries(listing, place.order))) yield place;
}

function holdsAll(filters: Filter[], entries: IndexEntries): boolean {
  return filters.every((filter) => filterMatches(filter, entries));
}

/** The first `count` items; ends the walk behind them. */
export function takeAtMost(walk: Iterable<Cursor>, count: number): Cursor[] {
  const taken: Cursor[] = [];
  if (count === 0) return taken;
  for (const place of walk) {
    taken.push(place);
    if (taken.length === count) break;
  }
  return taken;
}
