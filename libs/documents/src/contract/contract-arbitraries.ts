import fc from "fast-check";
import type { Filter, Ordering } from "../document-store.ts";

/** What the suite's documents hold and its questions ask for: few words and names, so that they meet. */

const words = [
  "a",
  "A",
  "ab",
  "a b",
  "a-b",
  "é",
  "e\u0301",
  "z",
  "zz",
  "z61",
  "*",
  "\u{1f600}",
  "\uffee",
  "and",
  "NOT",
  '"',
];
const numberNames = ["x", "y", "é z"];
const stringNames = ["name", "other"];

const term = fc.constantFrom(...words);

/** A number of a document or a bound of a range. */
export const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, -1e300, 1e300, 5e-324, 2 ** 53 + 2),
);

/** Any filter over them. */
export const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ term }),
    fc.record({ termPrefix: term }),
    fc.record(
      {
        number: fc.constantFrom(...numberNames),
        min: value,
        max: value,
        minExclusive: fc.boolean(),
        maxExclusive: fc.boolean(),
      },
      { requiredKeys: ["number"] },
    ),
    fc.record({ and: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ not: tie("filter") }),
  ) as fc.Arbitrary<Filter>,
})).filter;

/** Any ordering by them. */
export const orderings: fc.Arbitrary<Ordering> = fc.record({
  by: fc.oneof(
    fc.constant("created" as const),
    fc.record({ number: fc.constantFrom(...numberNames) }),
    fc.record({ string: fc.constantFrom(...stringNames) }),
  ),
  direction: fc.constantFrom("ascending", "descending"),
});

/** What documents are found by. */
export const projections = fc.record({
  terms: fc.uniqueArray(term, { maxLength: 5 }),
  numbers: fc.dictionary(fc.constantFrom(...numberNames), value),
  strings: fc.dictionary(fc.constantFrom(...stringNames), term),
});
