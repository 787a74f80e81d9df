import { expect } from "chai";
import { compareMeasurements } from "./comparison.ts";
import { isLowerBetter } from "./direction.ts";
import { type Interval, meanInterval, wilsonInterval } from "./interval.ts";

describe("intervals", () => {
  // The examples of Newcombe 1998, tables I and II: both intervals without continuity correction.
  const wilson: [number, number, number, number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, rows, lower, upper] of wilson) {
    it(`of ${successes} in ${rows} are ${lower} to ${upper}`, () => {
      const found = wilsonInterval(successes, rows) as Interval;
      expect(found.lower).to.be.closeTo(lower, 0.00005);
      expect(found.upper).to.be.closeTo(upper, 0.00005);
    });
  }

  const newcombe: [number, number, number, number, number, number][] = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ];
  for (const [candidate, candidateRows, baseline, baselineRows, lower, upper] of newcombe) {
    it(`of ${candidate}/${candidateRows} less ${baseline}/${baselineRows} are ${lower} to ${upper}`, () => {
      const measured = (successes: number, rows: number) => ({
        value: successes / rows,
        interval: wilsonInterval(successes, rows),
      });
      const found = compareMeasurements(measured(baseline, baselineRows), measured(candidate, candidateRows), false);
      expect(found.interval?.lower).to.be.closeTo(lower, 0.00005);
      expect(found.interval?.upper).to.be.closeTo(upper, 0.00005);
      expect(found.verdict).to.equal(lower > 0 ? "BETTER" : "NO_EVIDENCE");
    });
  }

  it("of means need 30 rows that differ", () => {
    expect(meanInterval(1, 4, 100)?.lower).to.be.closeTo(1 - 0.392, 0.0001);
    expect(meanInterval(1, 4, 29)).to.equal(undefined);
    expect(meanInterval(1, 0, 100)).to.equal(undefined);
  });
});

describe("verdicts", () => {
  const at = (value: number, reach: number) => ({ value, interval: { lower: value - reach, upper: value + reach } });

  it("turn round for errors", () => {
    expect(compareMeasurements(at(1, 0.1), at(2, 0.1), false).verdict).to.equal("BETTER");
    expect(compareMeasurements(at(1, 0.1), at(2, 0.1), true).verdict).to.equal("WORSE");
    expect(compareMeasurements(at(2, 0.1), at(1, 0.1), true).verdict).to.equal("BETTER");
  });

  it("need an interval that leaves out 0", () => {
    expect(compareMeasurements(at(1, 1), at(2, 1), false).verdict).to.equal("NO_EVIDENCE");
    const bare = { value: 2, interval: undefined };
    expect(compareMeasurements(at(1, 0.1), bare, false)).to.deep.equal({
      difference: 1,
      interval: undefined,
      verdict: "NO_EVIDENCE",
    });
  });

  it("know which metrics are errors", () => {
    expect(["log_loss", "mae", "rmse"].every((name) => isLowerBetter(name, []))).to.equal(true);
    expect(isLowerBetter("val_loss", [])).to.equal(false);
    expect(isLowerBetter("val_loss", ["val_loss"])).to.equal(true);
  });
});
