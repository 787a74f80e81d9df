import type { Projection } from "./document-store.ts";
import { DocumentStoreError } from "./document-store.ts";
import { limits } from "./limits.ts";

/** A projection in its one canonical form: terms unique and sorted, names sorted. Equal entries are equal as JSON. */
export interface IndexEntries {
  terms: string[];
  numbers: [name: string, value: number][];
  strings: [name: string, value: string][];
}

/** What the two kinds of listing find a document by; undefined where its collection is not searched across tenants. */
export interface EntriesByListing {
  inTenant: IndexEntries;
  acrossTenants: IndexEntries | undefined;
}

/** @throws DocumentStoreError INVALID where the projection breaks a bound of document-store.ts. */
export function indexEntries(projection: Projection): IndexEntries {
  const terms = [...new Set(projection.terms ?? [])].sort();
  const numbers = sortedEntries(projection.numbers ?? {});
  const strings = sortedEntries(projection.strings ?? {});
  if (terms.length > limits.terms) throw invalid(`has ${terms.length} terms; at most ${limits.terms}`);
  for (const term of terms) assertText("term", term, 1, limits.termCharacters);
  for (const [name, value] of numbers) {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw invalid(`number ${name} is not a finite number, or -0`);
  }
  for (const [name, value] of strings) assertText(`string ${name}`, value, 0, limits.termCharacters);
  return { terms, numbers, strings };
}

function sortedEntries<Value>(values: Record<string, Value>): [string, Value][] {
  const entries = Object.entries(values);
  if (entries.length > limits.namedValues) throw invalid(`has more than ${limits.namedValues} named values`);
  for (const [name] of entries) assertText("name", name, 1, limits.nameCharacters);
  return entries.sort(([left], [right]) => (left < right ? -1 : 1));
}

function assertText(what: string, text: string, minimum: number, maximum: number): void {
  if (typeof text !== "string" || text.length < minimum || text.length > maximum) {
    throw invalid(`${what} must have ${minimum} to ${maximum} characters`);
  }
  if (!text.isWellFormed() || text.includes("\u0000")) throw invalid(`${what} has a lone surrogate or U+0000`);
}

function invalid(problem: string): DocumentStoreError {
  return new DocumentStoreError("INVALID", `projection: ${problem}`);
}
