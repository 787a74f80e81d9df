import type { Document } from "mongodb";
import type { Filter } from "../document-store.ts";
import { type Listing, termPath } from "./layout.ts";
import { conditionOf, prefixPattern } from "./mongo-query.ts";

/** One of the conditions that all matches fulfil, as what an index is entered by. */
export interface Driver {
  index: "terms" | "values";
  /** What the server turns into one stretch of the index, or a few. */
  bounds: Document;
  /** The same where the index alone can be counted. */
  counted: Document;
  /** Whether what it finds comes in the order of creation. */
  inOrder: boolean;
  /** The other conditions. */
  rest: Filter[];
}

/** The conditions that all matches of a filter fulfil. */
export function conjunctsOf(filter: Filter): Filter[] {
  return "and" in filter ? filter.and.flatMap(conjunctsOf) : [filter];
}

/** Those of them that an index can be entered by. */
export function driversOf(listing: Listing, conjuncts: Filter[]): Driver[] {
  return conjuncts.flatMap((conjunct, index) => {
    const entered = entry(listing, conjunct);
    return entered ? [{ ...entered, rest: conjuncts.toSpliced(index, 1) }] : [];
  });
}

function entry(listing: Listing, filter: Filter): Omit<Driver, "rest"> | undefined {
  if ("and" in filter || "not" in filter) return undefined;
  const bounds = conditionOf(listing, filter);
  if ("term" in filter) return { index: "terms", bounds, counted: bounds, inOrder: true };
  if ("termPrefix" in filter) {
    const counted = { [termPath(listing)]: prefixPattern(filter.termPrefix) };
    return { index: "terms", bounds, counted, inOrder: false };
  }
  if ("number" in filter) return { index: "values", bounds, counted: bounds, inOrder: false };
  const terms = filter.or.flatMap((child) => ("term" in child ? [child.term] : []));
  if (terms.length === 0 || terms.length < filter.or.length) return undefined;
  const oneOf = { [termPath(listing)]: { $in: terms } };
  return { index: "terms", bounds: oneOf, counted: oneOf, inOrder: true };
}
