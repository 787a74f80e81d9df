import type { Interval } from "./interval.ts";

type ComparisonVerdict = "BETTER" | "WORSE" | "NO_EVIDENCE";

/** A metric as it was measured once. */
export interface Measurement {
  value: number;
  interval: Interval | undefined;
}

/** What two measurements say about the candidate. */
export interface Comparison {
  /** Candidate less baseline. */
  difference: number;
  /** Of the difference, 95 %; undefined where a measurement has none. */
  interval: Interval | undefined;
  verdict: ComparisonVerdict;
}

/**
 * Compares two measurements as if their rows were independent. The interval of the difference follows from the two by the
 * square-and-add rule: for proportions with Wilson's intervals that is Newcombe's hybrid score interval, method 10 (Interval
 * estimation for the difference between independent proportions, Statistics in Medicine 17, 1998), for others MOVER (Zou and
 * Donner, Statistics in Medicine 27, 2008). The verdict is BETTER or WORSE only where the interval leaves out 0. Two versions
 * that were evaluated on the same rows tend to be right on the same ones, so this finds too little rather than too much.
 */
export function compareMeasurements(baseline: Measurement, candidate: Measurement, lowerIsBetter: boolean): Comparison {
  const difference = candidate.value - baseline.value;
  const interval = differenceInterval(baseline, candidate, difference);
  return { difference, interval, verdict: verdictOf(interval, lowerIsBetter) };
}

function differenceInterval(baseline: Measurement, candidate: Measurement, difference: number): Interval | undefined {
  if (baseline.interval === undefined || candidate.interval === undefined) return undefined;
  const below = Math.hypot(candidate.value - candidate.interval.lower, baseline.interval.upper - baseline.value);
  const above = Math.hypot(candidate.interval.upper - candidate.value, baseline.value - baseline.interval.lower);
  return { lower: difference - below, upper: difference + above };
}

function verdictOf(interval: Interval | undefined, lowerIsBetter: boolean): ComparisonVerdict {
  if (interval === undefined || (interval.lower <= 0 && interval.upper >= 0)) return "NO_EVIDENCE";
  return interval.lower > 0 === lowerIsBetter ? "WORSE" : "BETTER";
}
