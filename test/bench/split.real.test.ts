import { expect } from "chai";
import { BENCHMARKS } from "./benchmarks.ts";
import { split } from "./harness/split-slipway.ts";
import { runBenchmarks } from "./run-benchmarks.ts";

describe("the benchmarks of three services", () => {
  for (const benchmark of BENCHMARKS.split) {
    it(`measure ${benchmark.name} in small sizes`, async () => {
      const lines = await runBenchmarks([benchmark], "quick", split, () => {});
      expect(lines).not.to.have.length(0);
      for (const line of lines) expect(line.value, line.name).to.satisfy(Number.isFinite);
    });
  }
});
