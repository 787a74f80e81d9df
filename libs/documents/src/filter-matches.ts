import type { Filter } from "./document-store.ts";
import type { IndexEntries } from "./index-entries.ts";

export type NumberRange = Extract<Filter, { number: string }>;

/** Whether a filter holds for a document with these entries: the meaning that every engine's plan must keep. */
export function filterMatches(filter: Filter, entries: IndexEntries): boolean {
  if ("and" in filter) return filter.and.every((child) => filterMatches(child, entries));
  if ("or" in filter) return filter.or.some((child) => filterMatches(child, entries));
  if ("not" in filter) return !filterMatches(filter.not, entries);
  if ("term" in filter) return entries.terms.includes(filter.term);
  if ("termPrefix" in filter) return entries.terms.some((term) => term.startsWith(filter.termPrefix));
  return entries.numbers.some(([name, value]) => name === filter.number && inRange(value, filter));
}

function inRange(value: number, range: NumberRange): boolean {
  const { min, max } = range;
  const aboveMin = min === undefined || (range.minExclusive ? value > min : value >= min);
  return aboveMin && (max === undefined || (range.maxExclusive ? value < max : value <= max));
}
