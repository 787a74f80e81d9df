import { median } from "./statistics.ts";

/** How much of the floor each turn reached, in percent: the median of the turns, each beside its own floor. */
export function percentOf(values: readonly number[], floors: readonly number[]): number {
  return median(values.map((value, turn) => (100 * value) / (floors[turn] ?? Number.NaN)));
}
