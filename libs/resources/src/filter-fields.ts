import type { Filter } from "@slipway/documents";
import { MAP_SEPARATOR } from "./search-term.ts";

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":";

/** What stands behind a comparator; with `prefix` it was written with a star at its end, which `text` no longer has. */
export interface Operand {
  text: string;
  prefix: boolean;
}

/** What is wrong with a comparison, in words; the parser adds where. */
export interface ComparisonProblem {
  problem: string;
}

/**
 * How comparisons with a field become a filter over the collection's projection. `key` is what stands behind the dot
 * (`tags.env`: `env`), empty without one; only keyed fields get one.
 */
export interface FilterField {
  keyed: boolean;
  compare(comparator: Comparator, operand: Operand, key: string): Filter | ComparisonProblem;
}

/** `*` alone: whatever it is, as long as it is there. */
function isAnything({ text, prefix }: Operand): boolean {
  return prefix && text === "";
}

/** Equality with the terms that `scope` begins; `present` is what holds where the field has a value at all. */
function equality(
  comparator: Comparator,
  operand: Operand,
  scope: string,
  present: Filter,
): Filter | ComparisonProblem {
  const term = scope + operand.text;
  const filter = isAnything(operand) ? present : operand.prefix ? { termPrefix: term } : { term };
  if (comparator === "=") return filter;
  if (comparator === "!=") return { not: filter };
  return { problem: `"${comparator}" does not work on text, use = or !=` };
}

/**
 * Text compared exactly, or by how it begins: `name = "iris*"`. `name:*` asks whether it is there. Projected as the term
 * `prefix:value`, also where it is empty.
 */
export function textField(prefix: string): FilterField {
  const present = { not: { term: `${prefix}:` } };
  return {
    keyed: false,
    compare: (comparator, operand) => {
      if (comparator !== ":") return equality(comparator, operand, `${prefix}:`, present);
      return isAnything(operand)
        ? present
        : { problem: '":" asks of a text only whether it is there, with *; use = or != for what it is' };
    },
  };
}

/** A list of texts: `labels:vision` and `labels = vision` ask whether any element equals. Projected as `prefix:value`. */
export function listField(prefix: string): FilterField {
  const present = { termPrefix: `${prefix}:` };
  return {
    keyed: false,
    compare: (comparator, operand) => equality(comparator === ":" ? "=" : comparator, operand, `${prefix}:`, present),
  };
}

/**
 * A map of texts: `tags.env = prod`; `tags:env` asks whether there is such a key, `tags:*` whether there is any.
 * Projected by mapTerm.
 */
export function mapField(prefix: string): FilterField {
  return {
    keyed: true,
    compare: (comparator, operand, key) => {
      if (key !== "") {
        const scope = `${prefix}:${key}${MAP_SEPARATOR}`;
        return equality(comparator === ":" ? "=" : comparator, operand, scope, { termPrefix: scope });
      }
      if (comparator !== ":") return needsKey(prefix, comparator);
      return { termPrefix: `${prefix}:${operand.text}${operand.prefix ? "" : MAP_SEPARATOR}` };
    },
  };
}

function needsKey(name: string, comparator: Comparator): ComparisonProblem {
  return { problem: `"${comparator}" compares one value, ${name}.<key>; ${name}:<key> asks whether it is there` };
}

/** A long text, of which only `:*` is asked: whether there is any. Projected as the term `has:name`. */
export function presenceField(name: string): FilterField {
  return {
    keyed: false,
    compare: (comparator, operand) =>
      comparator === ":" && isAnything(operand)
        ? { term: presenceTerm(name) }
        : { problem: `only ${name}:* is known, whether there is any` },
  };
}

export function presenceTerm(name: string): string {
  return `has:${name}`;
}

/** One of a few words. Projected as the term `prefix:word`. */
export function enumField(prefix: string, words: readonly string[]): FilterField {
  const text = textField(prefix);
  return {
    keyed: false,
    compare: (comparator, operand) =>
      operand.prefix || words.includes(operand.text)
        ? text.compare(comparator, operand, "")
        : { problem: `"${operand.text}" is none of ${words.join(", ")}` },
  };
}

/** A number. Projected as the number `name`. */
export function numberField(name: string): FilterField {
  return { keyed: false, compare: (comparator, operand) => compareNumbers(name, comparator, operand) };
}

/** A map of numbers: `metrics.f1 > 0.8`; `metrics:f1` asks for the key, `metrics:*` for any. Projected as `name.key`. */
export function numberMapField(name: string): FilterField {
  return {
    keyed: true,
    compare: (comparator, operand, key) => {
      if (key !== "") return compareNumbers(`${name}.${key}`, comparator, operand);
      if (comparator !== ":") return needsKey(name, comparator);
      if (isAnything(operand)) return { term: presenceTerm(name) };
      return operand.prefix ? { problem: `${name}:<key> wants a whole key` } : { number: `${name}.${operand.text}` };
    },
  };
}

function compareNumbers(name: string, comparator: Comparator, operand: Operand): Filter | ComparisonProblem {
  if (isAnything(operand)) return presentNumber(name, comparator);
  const number = operand.prefix || operand.text.trim() === "" ? Number.NaN : Number(operand.text);
  if (comparator === ":") return { problem: "only * may stand here, to ask whether it is there" };
  return Number.isFinite(number) ? range(name, comparator, number) : { problem: `"${operand.text}" is not a number` };
}

/** RFC 3339, with the zone: without it nobody could tell which instant is meant. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** A time. Projected as the number `name`, in milliseconds since 1970; `name:*` asks whether it is set. */
export function timeField(name: string): FilterField {
  return {
    keyed: false,
    compare: (comparator, operand) => {
      if (isAnything(operand)) return presentNumber(name, comparator);
      if (comparator === ":") return { problem: "only * may stand here, to ask whether it is set" };
      const timeMs = !operand.prefix && TIME.test(operand.text) ? Date.parse(operand.text) : Number.NaN;
      return Number.isFinite(timeMs)
        ? range(name, comparator, timeMs)
        : { problem: `"${operand.text}" is not a time such as "2026-11-22T08:00:00Z"` };
    },
  };
}

function presentNumber(name: string, comparator: Comparator): Filter | ComparisonProblem {
  if (comparator === ":" || comparator === "=") return { number: name };
  return { problem: "* stands only behind :, to ask whether it is there" };
}

function range(name: string, comparator: Exclude<Comparator, ":">, value: number): Filter {
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
