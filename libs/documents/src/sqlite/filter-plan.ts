import type { Filter } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";
import type { Match } from "./match-expression.ts";
import { supersetOf } from "./match-expression.ts";

/** How a filter can be answered from the indexes. */
export interface FilterPlan {
  /** No document outside it passes. */
  match: Match;
  /** Every document inside `match` passes: no document needs to be looked at. */
  matchIsExact: boolean;
  /** What is left to be asked of a document inside `match`: the parts that terms do not answer. */
  rest: Filter;
  /** Each of them holds for every document that passes. */
  ranges: NumberRange[];
  /** All of `ranges` together are the whole filter. */
  rangesAreExact: boolean;
}

export function planFilter(filter: Filter): FilterPlan {
  const { match, exact } = supersetOf(filter);
  const conjuncts = conjunctsOf(filter);
  const ranges = conjuncts.filter((conjunct) => "number" in conjunct);
  const rest = { and: conjuncts.filter((conjunct) => !supersetOf(conjunct).exact) };
  return { match, matchIsExact: exact, rest, ranges, rangesAreExact: ranges.length === conjuncts.length };
}

function conjunctsOf(filter: Filter): Filter[] {
  return "and" in filter ? filter.and.flatMap(conjunctsOf) : [filter];
}
