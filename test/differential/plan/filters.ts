import fc from "fast-check";
import { weighted } from "./draw.ts";

/** What a field is compared with in a filter. */
export type FilterWords = Record<string, fc.Arbitrary<string>>;

const COMPARATORS = weighted(
  [6, fc.constant("=")],
  [3, fc.constant("!=")],
  [3, fc.constantFrom("<", "<=", ">", ">=")],
  [2, fc.constant(":")],
  [1, fc.constantFrom("==", "=~")],
);

const MALFORMED = fc.constantFrom(
  "AND",
  'name = "',
  "(name = x",
  "name =",
  "= x",
  "name = x OR",
  "NOT",
  "unknown_field = 1",
  "name = x name =",
  "name = x*y",
  "a + b",
  "\u0001",
  "((((((((((((((((((((name = x))))))))))))))))))))",
  "create_time > yesterday",
  "名字 = x",
);

const HAVING = ["tags:env", "tags:e*", "tags:*", "labels:*", "description:*", "delete_time:*"];

/** Bare words of a filter. */
const WORDS = ["iris", "ir*", "模型", "模*", "型", "1", '"the first"', "-x", "prod"];

/** What people look for. */
export const queries = weighted(
  [9, fc.constantFrom("", "i", "iris", "IRIS p", "模型", "环", "x y", "e", "the fi", "ſ", "1")],
  [1, fc.constantFrom("?!", "a b c d e f g h i j k", "x".repeat(257))],
);

/** Filters of every operator and words over these fields, of up to some depth; now and then one that cannot be read. */
export function filters(words: FilterWords): fc.Arbitrary<string> {
  return weighted([15, expression(words, 3)], [1, MALFORMED]);
}

function expression(words: FilterWords, depth: number): fc.Arbitrary<string> {
  const one = condition(words);
  if (depth === 0) return one;
  const deeper = expression(words, depth - 1);
  const joined = (word: string) => fc.tuple(deeper, deeper).map(([left, right]) => `${left} ${word} ${right}`);
  return weighted(
    [6, one],
    [2, joined("AND")],
    [1, joined("")],
    [2, joined("OR")],
    [1, deeper.map((inner) => `NOT ${inner}`)],
    [2, deeper.map((inner) => `(${inner})`)],
    [1, deeper.map((inner) => `NOT (${inner})`)],
  );
}

function condition(words: FilterWords): fc.Arbitrary<string> {
  const compared = fc
    .constantFrom(...Object.entries(words))
    .chain(([field, value]) =>
      fc.tuple(fc.constant(field), COMPARATORS, weighted([5, value.map(quoted)], [1, value.map(begun)])),
    )
    .map(([field, comparator, value]) => `${field} ${comparator} ${value}`);
  const present = fc.constantFrom(...Object.keys(words)).map((field) => `${field}:*`);
  return weighted([8, compared], [1, present], [1, fc.constantFrom(...WORDS)], [1, fc.constantFrom(...HAVING)]);
}

/** The beginning of a value. */
function begun(value: string): string {
  return `"${[...value]
    .slice(0, 2)
    .join("")
    .replace(/["\\*]/g, "\\$&")}*"`;
}

function quoted(value: string): string {
  return /^[a-z0-9.]+$/i.test(value) ? value : `"${value.replace(/["\\*]/g, "\\$&")}"`;
}
