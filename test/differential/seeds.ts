import { randomInt } from "node:crypto";

/** Which sequences to perform: SLIPWAY_TEST_SEED alone where it is set, else these and one that nobody has tried. */
export function seedsOrRandom(fixed: readonly number[]): number[] {
  const given = process.env.SLIPWAY_TEST_SEED ?? "";
  if (/^\d{1,9}$/.test(given)) return [Number(given)];
  return [...fixed, randomInt(1_000_000_000)];
}
