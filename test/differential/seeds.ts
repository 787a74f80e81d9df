import { randomInt } from "node:crypto";

/** Performed always, so that what it reaches can be relied on. */
export const FIXED_SEED = 1;

/** Which sequences to perform: SLIPWAY_TEST_SEED alone where it is set, else the fixed one and one that nobody has tried. */
export function seedsOrRandom(): number[] {
  const given = process.env.SLIPWAY_TEST_SEED ?? "";
  if (/^\d{1,9}$/.test(given)) return [Number(given)];
  return [FIXED_SEED, randomInt(1_000_000_000)];
}
