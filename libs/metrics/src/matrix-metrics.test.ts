import { expect } from "chai";
import fc from "fast-check";
import type { BinaryCounts } from "./confusion-matrix.ts";
import { binaryMetrics, matrixMetrics } from "./matrix-metrics.ts";

const counts = (truePositives: number, trueNegatives: number, falsePositives: number, falseNegatives: number) => ({
  truePositives,
  trueNegatives,
  falsePositives,
  falseNegatives,
  counted: true,
});

describe("metrics of counts", () => {
  it("are those of the spam classifier", () => {
    const { metrics } = binaryMetrics(counts(80, 90, 10, 20));
    expect(metrics.accuracy).to.equal(0.85);
    expect(metrics.precision).to.be.closeTo(0.8889, 0.00005);
    expect(metrics.recall).to.equal(0.8);
    expect(metrics.f1).to.be.closeTo(0.8421, 0.00005);
    expect(metrics.balanced_accuracy).to.be.closeTo(0.85, 1e-15);
    expect(metrics.mcc).to.be.closeTo(0.7035, 0.00005);
  });

  const absent: [string, BinaryCounts, string[]][] = [
    ["nothing is predicted positive", counts(0, 5, 0, 3), ["precision", "mcc"]],
    ["nothing is positive", counts(0, 5, 3, 0), ["recall", "mcc"]],
    ["there is no positive row at all", counts(0, 5, 0, 0), ["precision", "recall", "f1", "mcc"]],
  ];
  for (const [when, given, names] of absent) {
    it(`are absent where ${when}: ${names.join(", ")}`, () => {
      const { metrics, intervals } = binaryMetrics(given);
      const all = ["accuracy", "balanced_accuracy", "f1", "mcc", "precision", "recall"];
      expect(Object.keys(metrics).sort()).to.deep.equal(all.filter((name) => !names.includes(name)));
      for (const name of names) expect(intervals).not.to.have.property(name);
    });
  }

  it("have intervals around them, unless rows are weighted", () => {
    const count = fc.nat({ max: 1000 });
    fc.assert(
      fc.property(count, count, count, count, (tp, tn, fp, fn) => {
        const { metrics, intervals } = binaryMetrics(counts(tp, tn, fp, fn));
        for (const [name, { lower, upper }] of Object.entries(intervals)) {
          const value = metrics[name] ?? Number.NaN;
          expect(lower).to.be.within(0, value);
          expect(upper).to.be.within(value, 1);
        }
        expect(binaryMetrics({ ...counts(tp, tn, fp, fn), counted: false }).intervals).to.deep.equal({});
      }),
    );
  });

  it("are those of a matrix of the same two classes", () => {
    const matrix = { labels: ["ham", "spam"], cells: [90, 10, 20, 80], counted: true };
    const { set, classes } = matrixMetrics(matrix, "spam");
    expect(set.metrics).to.deep.include(binaryMetrics(counts(80, 90, 10, 20)).metrics);
    expect(classes.map(({ label, support }) => [label, support])).to.deep.equal([
      ["ham", 100],
      ["spam", 100],
    ]);
  });

  it("leave classes whose metric is undefined out of averages", () => {
    const { set } = matrixMetrics({ labels: ["a", "b", "c"], cells: [4, 0, 0, 4, 0, 0, 0, 0, 0], counted: true });
    expect(set.metrics).to.deep.include({ precision_macro: 0.5, recall_macro: 0.5, recall_weighted: 0.5 });
    expect(set.metrics).not.to.have.property("precision");
  });
});
