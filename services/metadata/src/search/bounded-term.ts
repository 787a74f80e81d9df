import { createHash } from "node:crypto";
import type { FilterField } from "@slipway/resources";

/** Longer terms are refused by the store; a tag of 128 + 1,024 characters makes one. */
const MAXIMUM_CHARACTERS = 1024;

/** A term that the store accepts: what is too long or has U+0000 in it is known by its SHA-256. */
export function boundedTerm(term: string): string {
  if (term.length <= MAXIMUM_CHARACTERS && !term.includes("\u0000")) return term;
  return `sha256:${createHash("sha256").update(term).digest("hex")}`;
}

/** The same field with its terms bounded, so that a filter finds what was projected with boundedTerm. */
export function boundedField(field: FilterField): FilterField {
  return {
    keyed: field.keyed,
    compare: (comparator, value, key) => {
      const filter = field.compare(comparator, value, key);
      if ("term" in filter) return { term: boundedTerm(filter.term) };
      if ("not" in filter && "term" in filter.not) return { not: { term: boundedTerm(filter.not.term) } };
      return filter;
    },
  };
}
