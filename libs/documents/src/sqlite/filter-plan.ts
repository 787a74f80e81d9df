import type { Filter } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";
import { type DocumentSet, documentsInRange, type Listing, matchingDocuments, noDocument } from "./index-reader.ts";
import { isEvery, isNone, supersetOf } from "./match-expression.ts";

/** Documents among which are all that pass, and what is left to be asked of each, all of it. */
export interface Candidates {
  set: DocumentSet;
  rest: Filter[];
}

/** How a filter can be answered from the indexes. */
export interface FilterPlan {
  /** From the terms; all documents where these say nothing. The index has them in order of creation. */
  byTerms: Candidates;
  /** Whether terms leave any document out. */
  termsNarrow: boolean;
  /** From each range of a number that has to hold; their order is no order of creation. */
  byRanges: Candidates[];
}

/** `conjuncts` are what has to hold, all of it. */
export function planFilter(conjuncts: Filter[], listing: Listing): FilterPlan {
  const { match } = supersetOf({ and: conjuncts });
  const inexact = conjuncts.filter((conjunct) => !supersetOf(conjunct).exact);
  return {
    byTerms: { set: isNone(match) ? noDocument : matchingDocuments(listing, match), rest: inexact },
    termsNarrow: !isEvery(match),
    byRanges: conjuncts.filter(isRange).map((range) => ({
      set: documentsInRange(listing, range),
      rest: conjuncts.filter((conjunct) => conjunct !== range),
    })),
  };
}

export function conjunctsOf(filter: Filter): Filter[] {
  return "and" in filter ? filter.and.flatMap(conjunctsOf) : [filter];
}

export function isRange(filter: Filter): filter is NumberRange {
  return "number" in filter;
}
