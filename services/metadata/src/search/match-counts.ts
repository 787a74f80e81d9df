import { COUNT_CAP, type Matches } from "@slipway/resources";
import { countValues, type FacetValues } from "./facets.ts";

/** What List calls answer about all pages together. */
export interface MatchCounts {
  totalSize: number;
  facets: { field: string; values: { value: string; count: number }[]; incomplete: boolean }[];
}

/**
 * Counts what a List call asked to have counted. Values are counted in the newest 1,000 matches, in one read; a count for
 * each of them would walk all matches again, tens of times.
 */
export async function countMatches<Stored>(
  asked: { includeTotalSize: boolean; facets: readonly string[] },
  fields: Readonly<Record<string, FacetValues<Stored>>>,
  matches: Matches<Stored>,
): Promise<MatchCounts> {
  if (asked.facets.length === 0) return { totalSize: asked.includeTotalSize ? await matches.count() : 0, facets: [] };
  const { found, isAll } = await matches.newest();
  const facets = asked.facets.map((field) => {
    const valuesOf = fields[field];
    if (valuesOf === undefined) throw new Error(`the proto allows the facet ${field}, the service does not know it`);
    const counted = countValues(valuesOf, found);
    return { field, values: counted.values, incomplete: !isAll || !counted.isAll };
  });
  return { totalSize: !asked.includeTotalSize ? 0 : isAll ? found.length : COUNT_CAP, facets };
}
