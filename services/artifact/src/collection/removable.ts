import { CONDEMNED_MS } from "./condemnation.ts";

/**
 * What was condemned long enough ago, and in an epoch of which no upload is open any more. An upload notes the epoch when
 * it begins, and looks things up only then: whatever it found before the condemnation, its epoch is not a later one.
 */
export function removable(epoch: number, oldestOpenEpoch: number | undefined, nowMs: number) {
  const firstOpen = Math.min(epoch, oldestOpenEpoch ?? epoch);
  return {
    and: [
      { number: "condemned", max: nowMs - CONDEMNED_MS },
      { number: "condemnedEpoch", max: firstOpen - 1 },
    ],
  };
}
