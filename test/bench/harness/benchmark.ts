import type { Deployment } from "./deployment.ts";

/** How much a run does: `full` is what numbers are judged by, `quick` only shows that everything still works. */
export type Scale = "full" | "quick";

/** What a measurement should reach, from the numbers of the project. */
interface Target {
  comparison: "atLeast" | "atMost";
  value: number;
}

/** One line of the report. */
export interface Measurement {
  name: string;
  value: number;
  unit: string;
  /** Set where the project promises a number; always for ratios and bounds, never for absolute rates. */
  target?: Target;
  /** What else a reader should know: latencies, processor time, repetitions. */
  note?: string;
}

interface BenchmarkContext {
  scale: Scale;
  /** A folder that is removed after the run. */
  folder: string;
  /** Starts what is measured. */
  slipway: Deployment;
  /** Says what goes on, for a person who waits. */
  progress(text: string): void;
}

export interface Benchmark {
  /** What it is called on the command line. */
  name: string;
  /** One line for `--help`. */
  description: string;
  run(context: BenchmarkContext): Promise<Measurement[]>;
}

/** Whether the measurement reached its target; undefined where it has none. */
export function isMet({ value, target }: Measurement): boolean | undefined {
  if (target === undefined) return undefined;
  return target.comparison === "atLeast" ? value >= target.value : value <= target.value;
}
