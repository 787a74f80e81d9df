import { expect } from "chai";
import { BENCHMARKS } from "./benchmarks.ts";
import { isMet } from "./harness/benchmark.ts";
import { percentOf } from "./harness/ratio.ts";
import { embedded } from "./harness/slipway-server.ts";
import { percentile } from "./harness/statistics.ts";
import { renderTable } from "./harness/table.ts";
import { runBenchmarks } from "./run-benchmarks.ts";

describe("the benchmarks", () => {
  for (const benchmark of BENCHMARKS.embedded) {
    it(`measure ${benchmark.name} in small sizes and judge nothing by it`, async () => {
      const progress: string[] = [];
      const lines = await runBenchmarks([benchmark], "quick", embedded, (line) => progress.push(line));
      expect(progress[0]).to.equal(`${benchmark.name} …`);
      expect(lines).not.to.have.length(0);
      for (const line of lines) {
        expect(line.benchmark).to.equal(benchmark.name);
        expect(line.value, line.name).to.satisfy(Number.isFinite);
        expect(line).not.to.have.property("target");
      }
    });
  }
});

describe("the report", () => {
  const missed = {
    benchmark: "reads",
    name: "get, of echo",
    value: 49.96,
    unit: "%",
    target: { comparison: "atLeast", value: 50 },
  } as const;

  it("tells what was reached and what was missed, before rounding", () => {
    expect(isMet(missed)).to.equal(false);
    const target = { comparison: "atMost", value: 2000 } as const;
    const met = { ...missed, name: "peak", value: 1234.5, unit: "MiB", target, note: "4 GiB" };
    const table = renderTable([missed, met]);
    expect(table.split("\n").slice(2)).to.deep.equal([
      "reads      get, of echo     50.0 %  ≥ 50.0 %     missed",
      "reads      peak          1,235 MiB  ≤ 2,000 MiB  met     4 GiB",
      "",
    ]);
  });

  it("takes each value beside its own floor, and the middle of them", () => {
    expect(percentOf([10, 30, 20], [100, 100, 40])).to.equal(30);
    expect(percentile([5, 1, 3, 2, 4], 50)).to.equal(3);
    expect(percentile([5, 1, 3, 2, 4], 99)).to.equal(5);
    expect(percentile([], 50)).to.satisfy(Number.isNaN);
  });
});
