import type { Matches } from "@slipway/resources";
import { countValues, type FacetField, MOST_VALUES, mostFrequent, valuesToCount } from "./facets.ts";

/** Of more matches the newest so many say which values are counted, as the proto says. */
const MOST_LOOKED_AT = 200;

/** What List calls answer about all pages together. */
export interface MatchCounts {
  totalSize: number;
  facets: { field: string; values: { value: string; count: number }[]; incomplete: boolean }[];
}

/**
 * Counts what a List call asked to have counted. At most 200 documents are looked at; where there are more, each value
 * found in them is counted on its own, up to 1,001.
 */
export async function countMatches<Stored>(
  asked: { includeTotalSize: boolean; facets: readonly string[] },
  fields: Readonly<Record<string, FacetField<Stored>>>,
  matches: Matches<Stored>,
): Promise<MatchCounts> {
  if (asked.facets.length === 0) return { totalSize: asked.includeTotalSize ? await matches.count() : 0, facets: [] };
  const { found, isAll } = await matches.newest(MOST_LOOKED_AT);
  const totalSize = isAll ? found.length : asked.includeTotalSize ? await matches.count() : 0;
  const facets: MatchCounts["facets"] = [];
  for (const name of asked.facets) {
    const field = fields[name];
    if (field === undefined) throw new Error(`the proto allows the facet ${name}, the service does not know it`);
    facets.push({ field: name, ...(isAll ? countedHere(field, found) : await countedThere(field, found, matches)) });
  }
  return { totalSize: asked.includeTotalSize ? totalSize : 0, facets };
}

function countedHere<Stored>(field: FacetField<Stored>, found: readonly Stored[]) {
  const values = countValues(field, found);
  return { values: values.slice(0, MOST_VALUES), incomplete: values.length > MOST_VALUES };
}

async function countedThere<Stored>(field: FacetField<Stored>, found: readonly Stored[], matches: Matches<Stored>) {
  const values = valuesToCount(field, found);
  const counts = await Promise.all(
    values.map(async (value) => ({ value, count: await matches.count(field.term(value)) })),
  );
  return { values: mostFrequent(counts), incomplete: field.all === undefined };
}
