import { durationMs } from "@bufbuild/protobuf/wkt";
import type { FullStep } from "../workflows/definition.ts";

/**
 * The pause before the attempt after `attempt`: exponential backoff with full jitter, a uniformly random part of
 * min(longest, first × 2^(attempt − 1)) (Brooker, "Exponential Backoff and Jitter", 2015). `random` gives [0, 1).
 */
export function retryPauseMs(retry: FullStep["retry"], attempt: number, random: () => number): number {
  // Beyond 2^40 every first pause of a millisecond or more is over the longest one.
  const grown = durationMs(retry.initialBackoff) * 2 ** Math.min(attempt - 1, 40);
  return Math.floor(random() * Math.min(durationMs(retry.maxBackoff), grown));
}
