import type { SQLInputValue } from "node:sqlite";
import type { Cursor, Ordering } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";

interface Bound {
  sql: string;
  parameters: SQLInputValue[];
}

/**
 * The conditions on (value, o) of a walk: at most one on each side, the tightest. Of two on one side SQLite would seek
 * with either, and filter with the other: a late page would read all those before it.
 */
export function valueBounds(ranges: NumberRange[], direction: Ordering["direction"], after?: Cursor): Bound[] {
  const lower = tightest(
    ranges.map(({ min, minExclusive }) => sideOf(min, minExclusive)),
    1,
  );
  const upper = tightest(
    ranges.map(({ max, maxExclusive }) => sideOf(max, maxExclusive)),
    -1,
  );
  const ascending = direction === "ascending";
  const near = behind(ascending ? lower : upper, ascending ? 1 : -1, after);
  return [near, ascending ? upper && plain(upper, "<") : lower && plain(lower, ">")].filter(
    (bound) => bound !== undefined,
  );
}

interface Side {
  value: number;
  exclusive: boolean;
}

function sideOf(value: number | undefined, exclusive = false): Side[] {
  return value === undefined ? [] : [{ value, exclusive }];
}

/** `sign` 1: of lower bounds the highest; -1: of upper bounds the lowest. */
function tightest(sides: Side[][], sign: 1 | -1): Side | undefined {
  return sides
    .flat()
    .sort((left, right) => sign * (right.value - left.value) || Number(right.exclusive) - Number(left.exclusive))[0];
}

/** Where the walk begins: behind the cursor, unless the range begins later than that. */
function behind(side: Side | undefined, sign: 1 | -1, after?: Cursor): Bound | undefined {
  const operator = sign === 1 ? ">" : "<";
  const outside = side && typeof after?.value === "number" && !within(after.value, side, sign);
  if (!after || outside) return side && plain(side, operator);
  return { sql: `(value, o) ${operator} (?, ?)`, parameters: [after.value ?? null, BigInt(after.order)] };
}

function within(value: number, side: Side, sign: 1 | -1): boolean {
  return sign * (value - side.value) > 0 || (value === side.value && !side.exclusive);
}

function plain({ value, exclusive }: Side, operator: ">" | "<"): Bound {
  return { sql: `value ${operator}${exclusive ? "" : "="} ?`, parameters: [value] };
}
