import { performance } from "node:perf_hooks";
import type { Measurement } from "./benchmark.ts";
import { processorSecondsOf } from "./process-usage.ts";
import { percentOf } from "./ratio.ts";
import { median } from "./statistics.ts";
import { mebibytes } from "./units.ts";

/** How fast one way of moving the same number of bytes is, measured several times. */
export class ByteRate {
  readonly #sizeBytes: number;
  readonly #pids: readonly number[];
  readonly #rates: number[] = [];
  readonly #processorSeconds: number[] = [];

  /** `pids` are the processes of the server whose processor time is told beside the rate. */
  constructor(sizeBytes: number, pids: readonly number[]) {
    this.#sizeBytes = sizeBytes;
    this.#pids = pids;
  }

  /** Does and times it once. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const usedSeconds = this.#usedSeconds();
    const startedMs = performance.now();
    const result = await work();
    this.#rates.push((mebibytes(this.#sizeBytes) * 1000) / (performance.now() - startedMs));
    this.#processorSeconds.push(this.#usedSeconds() - usedSeconds);
    return result;
  }

  /** The median, in MiB a second. */
  line(name: string): Measurement {
    const line: Measurement = { name, value: median(this.#rates), unit: "MiB/s" };
    if (this.#pids.length === 0) return line;
    return { ...line, note: `server used ${median(this.#processorSeconds).toFixed(2)} s of processor time` };
  }

  #usedSeconds(): number {
    return this.#pids.reduce((sum, pid) => sum + processorSecondsOf(pid), 0);
  }

  /** How much of the floor's rate it reached in the same rounds. */
  lineOf(name: string, floor: ByteRate, atLeastPercent?: number): Measurement {
    const line: Measurement = { name, value: percentOf(this.#rates, floor.#rates), unit: "%" };
    return atLeastPercent === undefined ? line : { ...line, target: { comparison: "atLeast", value: atLeastPercent } };
  }
}
