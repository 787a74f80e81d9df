import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, Scale } from "./harness/benchmark.ts";
import type { Deployment } from "./harness/deployment.ts";
import type { ReportLine } from "./harness/table.ts";

/** Runs benchmarks one after the other, each in a folder of its own; `progress` gets lines for a person who waits. */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  scale: Scale,
  slipway: Deployment,
  progress: (line: string) => void,
): Promise<ReportLine[]> {
  const lines: ReportLine[] = [];
  for (const { name, run } of benchmarks) {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
    try {
      progress(`${name} …`);
      const measured = await run({ scale, folder, slipway, progress: (text) => progress(`${name}: ${text}`) });
      // Small sizes say nothing about the numbers.
      const judged = scale === "full" ? measured : measured.map(({ target: _, ...unjudged }) => unjudged);
      lines.push(...judged.map((measurement) => ({ benchmark: name, ...measurement })));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return lines;
}
