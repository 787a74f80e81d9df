import type { EntriesByListing, IndexEntries } from "../index-entries.ts";

/** Each part of a document's index entries as JSON, as it travels and is stored. Equal entries have equal texts. */
export interface EntriesText {
  terms: string;
  numbers: string;
  strings: string;
  everyTerms: string;
  everyNumbers: string;
  everyStrings: string;
}

const NONE = "[]";

export const noEntries: EntriesText = {
  terms: NONE,
  numbers: NONE,
  strings: NONE,
  everyTerms: NONE,
  everyNumbers: NONE,
  everyStrings: NONE,
};

/** `every…`: over all tenants. */
export function entriesText({ inTenant, acrossTenants }: EntriesByListing): EntriesText {
  return {
    terms: textOf(inTenant.terms),
    numbers: textOf(inTenant.numbers),
    strings: textOf(inTenant.strings),
    everyTerms: textOf(acrossTenants?.terms),
    everyNumbers: textOf(acrossTenants?.numbers),
    everyStrings: textOf(acrossTenants?.strings),
  };
}

function textOf(part: IndexEntries[keyof IndexEntries] = []): string {
  return part.length === 0 ? NONE : JSON.stringify(part);
}
