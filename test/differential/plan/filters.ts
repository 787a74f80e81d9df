import fc from "fast-check";
import { weighted } from "./draw.ts";

/** What a field is compared with in a filter. */
export type FilterWords = Record<string, fc.Arbitrary<string>>;

const COMPARATORS = weighted(
  [6, fc.constant("=")],
  [3, fc.constant("!=")],
  [3, fc.constantFrom("<", "<=", ">", ">=")],
  [1, fc.constantFrom(":", "==", "=~")],
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
  "name = x name = y",
  "\u0001",
  "((((((((((((((((((((name = x))))))))))))))))))))",
  "create_time > yesterday",
  "名字 = x",
);

/** Filters of every operator over these fields, of up to some depth; now and then one that cannot be read. */
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
    [2, joined("OR")],
    [1, deeper.map((inner) => `NOT ${inner}`)],
    [2, deeper.map((inner) => `(${inner})`)],
    [1, deeper.map((inner) => `NOT (${inner})`)],
  );
}

function condition(words: FilterWords): fc.Arbitrary<string> {
  return fc
    .constantFrom(...Object.entries(words))
    .chain(([field, value]) => fc.tuple(fc.constant(field), COMPARATORS, value))
    .map(([field, comparator, value]) => `${field} ${comparator} ${quoted(value)}`);
}

function quoted(value: string): string {
  return /^[a-z0-9.]+$/i.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
