import { compareCodePoints } from "../code-points.ts";
import type { Cursor, Filter, Ordering } from "../document-store.ts";
import { filterMatches } from "../filter-matches.ts";
import type { IndexEntries } from "../index-entries.ts";
import type { FilterPlan } from "./filter-plan.ts";
import { planFilter } from "./filter-plan.ts";
import type { IndexReader, Listing } from "./index-reader.ts";
import { isEvery, isNone, matchText } from "./match-expression.ts";

/**
 * Up to here it is cheaper to look at all candidates of one index and sort them than to walk the wanted order and probe
 * each document: a probe costs 3–10 µs, so this bounds the first way at about 40 ms.
 */
const FEW = 4096;

export interface Search {
  listing: Listing;
  filter: Filter;
  ordering: Ordering;
  after?: Cursor;
}

/** The places of all documents that pass, in order, behind `after`; lazily, so the caller takes what it needs. */
export function findPlaces(index: IndexReader, search: Search): Iterable<Cursor> {
  const plan = planFilter(search.filter);
  if (isNone(plan.match)) return [];
  return search.ordering.by === "created" ? byCreation(index, search, plan) : byValue(index, search, plan);
}

function byCreation(index: IndexReader, search: Search, plan: FilterPlan): Iterable<Cursor> {
  const { listing, ordering, after } = search;
  const few = plan.matchIsExact ? undefined : fewestCandidates(index, search, plan);
  if (few) return sortedAfter(passing(index, few, ordering), search);
  const walk = isEvery(plan.match)
    ? index.documents(listing, ordering.direction, after)
    : index.matches(matchText(plan.match, listing.termScopeIds), ordering.direction, after);
  return plan.matchIsExact ? walk : probed(index, walk, plan.rest);
}

function byValue(index: IndexReader, search: Search, plan: FilterPlan): Iterable<Cursor> {
  const { listing, filter, ordering, after } = search;
  const { by, direction } = ordering;
  if (by === "created") throw new Error("not an ordering by a value");
  const own = plan.ranges.filter((range) => "number" in by && range.number === by.number);
  const covered = plan.rangesAreExact && own.length === plan.ranges.length;
  const few = covered ? undefined : fewestCandidates(index, search, plan);
  if (few) return sortedAfter(passing(index, few, ordering), search);
  const walk = index.values(listing, by, own, direction, after);
  return covered ? walk : probed(index, walk, filter);
}

/** Documents from one index, and what is left to be asked of them. */
interface Candidates {
  places: Cursor[];
  rest: Filter;
}

/** All candidates from the index that has the fewest, where that is few. */
function fewestCandidates(
  index: IndexReader,
  { listing, filter }: Search,
  { match, rest, ranges }: FilterPlan,
): Candidates | undefined {
  let fewest: Candidates | undefined;
  const look = (source: Iterable<Cursor>, rest: Filter) => {
    const most = fewest?.places.length ?? FEW;
    const places = takeAtMost(source, most);
    if (places.length < most) fewest = { places, rest };
  };
  // Terms first: there are mostly fewer of them, and what they find need not be asked for its terms again.
  if (!isEvery(match)) look(index.matches(matchText(match, listing.termScopeIds), "ascending"), rest);
  for (const range of ranges) look(index.values(listing, { number: range.number }, [range], "ascending"), filter);
  return fewest;
}

function passing(index: IndexReader, { places, rest }: Candidates, { by }: Ordering): Cursor[] {
  return places.flatMap(({ order }) => {
    const entries = index.entries(order);
    const value = by === "created" ? undefined : sortValueOf(entries, by);
    if (by !== "created" && value === undefined) return [];
    if (!filterMatches(rest, entries)) return [];
    return [value === undefined ? { order } : { order, value }];
  });
}

function sortValueOf(entries: IndexEntries, by: Exclude<Ordering["by"], "created">): number | string | undefined {
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

function* probed(index: IndexReader, walk: Iterable<Cursor>, filter: Filter): Iterable<Cursor> {
  for (const place of walk) if (filterMatches(filter, index.entries(place.order))) yield place;
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
