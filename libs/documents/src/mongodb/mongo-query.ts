import type { Document, Filter as MongoFilter, Sort } from "mongodb";
import type { Cursor, Filter, Ordering } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";
import { type Entry, type Listing, termPath, valuePath, valueScope } from "./layout.ts";
import { numberCeiling, numberFloor, packNumber, packString } from "./packed-values.ts";

/** The documents of a listing. */
export function ownedBy({ collection, tenant }: Listing): MongoFilter<Entry> {
  return { c: collection, ...(tenant !== undefined && { t: tenant }) };
}

/** Those for which all of some filters hold. */
export function allOf(listing: Listing, filters: Filter[]): Document {
  return filters.length === 0 ? {} : { $and: filters.map((filter) => conditionOf(listing, filter)) };
}

/** What also has a place in an ordering, behind a cursor. */
export function placedBehind(listing: Listing, ordering: Ordering, after: Cursor | undefined): MongoFilter<Entry> {
  const behind = ordering.direction === "ascending" ? "$gt" : "$lt";
  if (ordering.by === "created") return after ? { o: { [behind]: after.order } } : {};
  const [path, scope] = [sortPath(listing, ordering.by), valueScope(listing)];
  const whole = { $gte: scope, $lt: successor(scope) };
  if (after?.value === undefined) return { [path]: whole };
  const { value, order } = after;
  const packed = typeof value === "number" ? packNumber(value, order) : packString(value, order);
  return { [path]: { ...whole, [behind]: scope + packed } };
}

export function sorted(listing: Listing, { by, direction }: Ordering): Sort {
  return { [by === "created" ? "o" : sortPath(listing, by)]: direction === "ascending" ? 1 : -1 };
}

export function sortPath(listing: Listing, by: Exclude<Ordering["by"], "created">): string {
  return "number" in by ? valuePath(listing, "number", by.number) : valuePath(listing, "string", by.string);
}

/** The documents for which a filter holds. */
export function conditionOf(listing: Listing, filter: Filter): Document {
  if ("and" in filter) return allOf(listing, filter.and);
  if ("or" in filter) {
    return filter.or.length === 0
      ? { $alwaysFalse: 1 }
      : { $or: filter.or.map((child) => conditionOf(listing, child)) };
  }
  if ("not" in filter) return { $nor: [conditionOf(listing, filter.not)] };
  if ("term" in filter) return { [termPath(listing)]: filter.term };
  if ("termPrefix" in filter) return { [termPath(listing)]: { $elemMatch: prefixRange(filter.termPrefix) } };
  return { [valuePath(listing, "number", filter.number)]: numberRange(listing, filter) };
}

/** The terms with a prefix for those who count: an index answers it alone, unlike prefixRange. */
export function prefixPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix.replace(/[^\p{L}\p{N}]/gu, "\\$&")}`);
}

/** Both bounds must hold for one and the same term, hence the $elemMatch around it. */
function prefixRange(prefix: string): Document {
  const end = successor(prefix);
  return { $gte: prefix, ...(end !== undefined && { $lt: end }) };
}

/** The first string behind all that begin with `prefix`; none is where it only holds U+10FFFF. */
function successor(prefix: string): string | undefined {
  const characters = [...prefix];
  for (;;) {
    const last = characters.pop()?.codePointAt(0);
    if (last === undefined) return undefined;
    if (last === 0x10ffff) continue;
    // Surrogates are no characters of their own.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return characters.join("") + String.fromCodePoint(next);
  }
}

function numberRange(listing: Listing, { min, max, minExclusive, maxExclusive }: NumberRange): Document {
  const scope = valueScope(listing);
  return {
    $gte: min === undefined ? scope : scope + numberFloor(min, minExclusive),
    $lt: max === undefined ? successor(scope) : scope + numberCeiling(max, maxExclusive),
  };
}
