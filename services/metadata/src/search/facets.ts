/** At most so many values of a field are told, as the proto says. */
const MOST_VALUES = 10;

/** The values that a field has in what is stored. */
export type FacetValues<Stored> = (stored: Stored) => readonly string[];

/** How often each value of a field occurs, the most frequent ten first, then by value; empty texts are none. */
export function countValues<Stored>(valuesOf: FacetValues<Stored>, found: readonly Stored[]) {
  const counts = new Map<string, number>();
  for (const stored of found) {
    for (const value of new Set(valuesOf(stored))) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1));
  return { values: values.slice(0, MOST_VALUES), isAll: values.length <= MOST_VALUES };
}
