import type { Interval } from "./interval.ts";

/** What was measured: metrics by name, and the intervals of those that have one. What is undefined is absent. */
export class MetricSet {
  readonly metrics: Record<string, number> = {};
  readonly intervals: Record<string, Interval> = {};

  /** Adds a metric, unless it is undefined. */
  add(name: string, value: number | undefined, interval?: Interval): void {
    if (value === undefined || !Number.isFinite(value)) return;
    this.metrics[name] = plain(value);
    if (interval === undefined) return;
    this.intervals[name] = { lower: plain(interval.lower), upper: plain(interval.upper) };
  }

  addAll(other: MetricSet): void {
    Object.assign(this.metrics, other.metrics);
    Object.assign(this.intervals, other.intervals);
  }
}

/** The number, which is never -0: nobody could tell the two apart, and stores do not keep -0. */
export function plain(value: number): number {
  return value + 0;
}
