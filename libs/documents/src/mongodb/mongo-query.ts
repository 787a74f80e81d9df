import type { Document, Filter as MongoFilter, Sort } from "mongodb";
import type { Cursor, Filter, Ordering } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";
import { type Entry, type Listing, storedTerm, valuePath, valueScope } from "./layout.ts";
import { numberCeiling, numberFloor, packNumber, packString } from "./packed-values.ts";

/** The documents of a listing for which a filter holds. */
export function matching(listing: Listing, filter: Filter): MongoFilter<Entry> {
  const { collection, tenant } = listing;
  const own = { c: collection, ...(tenant !== undefined && { t: tenant }) };
  return { ...own, $and: [condition(listing, filter)] };
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

function condition(listing: Listing, filter: Filter): Document {
  if ("and" in filter) return joined("$and", listing, filter.and) ?? {};
  if ("or" in filter) return joined("$or", listing, filter.or) ?? { $alwaysFalse: 1 };
  if ("not" in filter) return { $nor: [condition(listing, filter.not)] };
  if ("term" in filter) return { x: storedTerm(listing.collection, filter.term) };
  if ("termPrefix" in filter)
    return { x: { $elemMatch: prefixRange(storedTerm(listing.collection, filter.termPrefix)) } };
  return { [valuePath(listing, "number", filter.number)]: numberRange(listing, filter) };
}

function joined(operator: "$and" | "$or", listing: Listing, children: Filter[]): Document | undefined {
  return children.length === 0 ? undefined : { [operator]: children.map((child) => condition(listing, child)) };
}

/** Both bounds must hold for one and the same term, hence the $elemMatch around it. */
function prefixRange(prefix: string): Document {
  return { $gte: prefix, $lt: successor(prefix) };
}

/** The first string behind all that begin with `prefix`, which is not empty and does not only hold U+10FFFF. */
function successor(prefix: string): string {
  const characters = [...prefix];
  for (;;) {
    const last = characters.pop()?.codePointAt(0) ?? 0;
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
