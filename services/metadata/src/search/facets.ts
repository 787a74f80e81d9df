/** At most so many values of a field are counted, as the proto says. */
export const MOST_VALUES = 10;

/** How a field's values are found in what is stored, and looked for. */
export interface FacetField<Stored> {
  /** All values of a closed set; absent where anybody may make new ones. */
  all?: readonly string[];
  valuesOf(stored: Stored): readonly string[];
  /** The term that documents with the value have. */
  term(value: string): string;
}

export interface ValueCount {
  value: string;
  count: number;
}

/** Which values a field has in some documents, the most frequent first; empty texts are none. */
export function countValues<Stored>({ valuesOf }: FacetField<Stored>, found: readonly Stored[]): ValueCount[] {
  const counts = new Map<string, number>();
  for (const stored of found) {
    for (const value of new Set(valuesOf(stored))) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return mostFrequent([...counts].map(([value, count]) => ({ value, count })));
}

/** Which values to count over all matches, when these are only some of them. */
export function valuesToCount<Stored>(field: FacetField<Stored>, found: readonly Stored[]): readonly string[] {
  const seen = countValues(field, found).map(({ value }) => value);
  return field.all ?? seen.slice(0, MOST_VALUES);
}

/** The most frequent first, then by value; without those that do not occur. */
export function mostFrequent(counts: readonly ValueCount[]): ValueCount[] {
  return counts
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1));
}
