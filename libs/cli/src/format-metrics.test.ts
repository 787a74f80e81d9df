import { expect } from "chai";
import { formatMetrics, metricsNamedIn } from "./format-metrics.ts";

describe("Metrics in a row", () => {
  const metrics = { accuracy: 0.85, f1: 0.842105263, recall: 0.8, precision: 1, loss: 1234.5678 };

  it("are three, by name", () => {
    expect(formatMetrics(metrics, [])).to.equal("accuracy 0.85, f1 0.8421, loss 1235");
    expect(formatMetrics({}, ["f1"])).to.equal("");
  });

  it("are those that were asked about, first", () => {
    const asked = metricsNamedIn("metrics.recall > 0.5 AND (metrics:f1 OR metrics.auc=1)", "metrics.f1 desc");
    expect(asked).to.deep.equal(["recall", "f1", "auc"]);
    expect(formatMetrics(metrics, asked)).to.equal("recall 0.8, f1 0.8421, accuracy 0.85");
  });
});
