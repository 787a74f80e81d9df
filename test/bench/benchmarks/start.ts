import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { Benchmark } from "../harness/benchmark.ts";
import { memoryOf } from "../harness/process-usage.ts";
import { SlipwayServer } from "../harness/slipway-server.ts";
import { median } from "../harness/statistics.ts";

const SIZES = { full: { starts: 7, idleMs: 3000 }, quick: { starts: 1, idleMs: 0 } };

/** From the start of the process to the line that says it is ready, on an empty folder; and what it then takes. */
export const start: Benchmark = {
  name: "start",
  description: "time until the server is ready, and its memory when it does nothing",
  run: async ({ scale, progress }) => {
    const { starts, idleMs } = SIZES[scale];
    const readyMs: number[] = [];
    const idleMegabytes: number[] = [];
    for (let run = 1; run <= starts; run++) {
      progress(`start ${run} of ${starts}`);
      const startedMs = performance.now();
      await using server = await SlipwayServer.start();
      readyMs.push(performance.now() - startedMs);
      await pause(idleMs);
      idleMegabytes.push(memoryOf(server.pid).residentBytes / 1e6);
    }
    return [
      { name: "ready after", value: median(readyMs), unit: "ms", target: { comparison: "atMost", value: 2000 } },
      { name: "idle", value: median(idleMegabytes), unit: "MB", target: { comparison: "atMost", value: 200 } },
    ];
  },
};
