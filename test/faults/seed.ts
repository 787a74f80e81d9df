import { createHash } from "node:crypto";

/** Another seed chooses other moments: SLIPWAY_TEST_SEED=anything npx mocha … */
export const SEED = process.env.SLIPWAY_TEST_SEED ?? "slipway";

/** A whole number from `from` to `to`, chosen by the seed and by what it is for. */
export function seeded(what: string, from: number, to: number): number {
  const digest = createHash("sha256").update(`${SEED}/${what}`).digest();
  return from + (digest.readUInt32BE() % (to - from + 1));
}
