import { performance } from "node:perf_hooks";
import { median, percentile } from "./statistics.ts";

/** One kind of call by a number of callers, measured in turns with others. */
export class CallRate {
  readonly #callers: number;
  readonly #call: (index: number) => Promise<unknown>;
  readonly #latenciesMs: number[] = [];
  readonly #rates: number[] = [];
  #count = 0;

  /** `call` gets a running number, so that it can take its turn through names. */
  constructor(callers: number, call: (index: number) => Promise<unknown>) {
    this.#callers = callers;
    this.#call = call;
  }

  /** Lets all callers call, each its next as soon as the last was answered, for a while. */
  async turn(durationMs: number): Promise<void> {
    const startedMs = performance.now();
    const endMs = startedMs + durationMs;
    const before = this.#count;
    const caller = async () => {
      for (let nowMs = performance.now(); nowMs < endMs; ) {
        await this.#call(this.#count++);
        const answeredMs = performance.now();
        this.#latenciesMs.push(answeredMs - nowMs);
        nowMs = answeredMs;
      }
    };
    await Promise.all(Array.from({ length: this.#callers }, caller));
    this.#rates.push(((this.#count - before) * 1000) / (performance.now() - startedMs));
  }

  /** Calls a second in each turn. */
  get rates(): readonly number[] {
    return this.#rates;
  }

  /** Calls a second: the median of the turns. */
  get perSecond(): number {
    return median(this.#rates);
  }

  /** `p50 1.2 ms, p99 4.5 ms`, over all turns. */
  get latencies(): string {
    const of = (rank: number) => percentile(this.#latenciesMs, rank).toFixed(1);
    return `p50 ${of(50)} ms, p99 ${of(99)} ms`;
  }
}

/** Gives each rate its turn, several times over, after one turn that does not count. */
export async function inTurns<K extends string>(
  make: () => Record<K, CallRate>,
  turns: number,
  durationMs: number,
): Promise<Record<K, CallRate>> {
  for (const rate of Object.values<CallRate>(make())) await rate.turn(durationMs);
  const rates = make();
  for (let turn = 0; turn < turns; turn++) {
    for (const rate of Object.values<CallRate>(rates)) await rate.turn(durationMs);
  }
  return rates;
}
