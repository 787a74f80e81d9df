import type { Filter } from "@slipway/documents";

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** What is wrong with a comparison, in words; the parser adds where. */
export interface ComparisonProblem {
  problem: string;
}

/**
 * How comparisons with a field become a filter over the collection's projection. `key` is what stands behind the dot
 * (`tags.env`: `env`), empty without one.
 */
export interface FilterField {
  /** Whether the field is written with a key behind a dot. */
  keyed: boolean;
  compare(comparator: Comparator, value: string, key: string): Filter | ComparisonProblem;
}

function equality(comparator: Comparator, term: string): Filter | ComparisonProblem {
  if (comparator === "=") return { term };
  if (comparator === "!=") return { not: { term } };
  return { problem: `"${comparator}" does not work on text, use = or !=` };
}

/** Text compared exactly; on a repeated field `=` asks whether any element equals. Projected as the term `prefix:value`. */
export function textField(prefix: string): FilterField {
  return { keyed: false, compare: (comparator, value) => equality(comparator, `${prefix}:${value}`) };
}

/** A map of texts, written `name.key`. Projected as the terms `prefix:key=value`. */
export function mapField(prefix: string): FilterField {
  return { keyed: true, compare: (comparator, value, key) => equality(comparator, `${prefix}:${key}=${value}`) };
}

/** One of a few words. Projected as the term `prefix:word`. */
export function enumField(prefix: string, words: readonly string[]): FilterField {
  return {
    keyed: false,
    compare: (comparator, value) =>
      words.includes(value)
        ? equality(comparator, `${prefix}:${value}`)
        : { problem: `"${value}" is none of ${words.join(", ")}` },
  };
}

/** A number. Projected as the number `name`. */
export function numberField(name: string): FilterField {
  return {
    keyed: false,
    compare: (comparator, value) => {
      const number = value.trim() === "" ? Number.NaN : Number(value);
      return Number.isFinite(number) ? range(name, comparator, number) : { problem: `"${value}" is not a number` };
    },
  };
}

/** RFC 3339, with the zone: without it nobody could tell which instant is meant. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** A time. Projected as the number `name`, in milliseconds since 1970. */
export function timeField(name: string): FilterField {
  return {
    keyed: false,
    compare: (comparator, value) => {
      const timeMs = TIME.test(value) ? Date.parse(value) : Number.NaN;
      return Number.isFinite(timeMs)
        ? range(name, comparator, timeMs)
        : { problem: `"${value}" is not a time such as "2026-11-22T08:00:00Z"` };
    },
  };
}

function range(name: string, comparator: Comparator, value: number): Filter {
  const number = Object.is(value, -0) ? 0 : value;
  switch (comparator) {
    case "=":
      return { number: name, min: number, max: number };
    case "!=":
      return { not: { number: name, min: number, max: number } };
    case "<":
      return { number: name, max: number, maxExclusive: true };
    case "<=":
      return { number: name, max: number };
    case ">":
      return { number: name, min: number, minExclusive: true };
    case ">=":
      return { number: name, min: number };
  }
}
