import {
  type CompareEvaluationsResponse,
  MetricVerdict,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, service, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { counted, given, type MeasuredInit } from "./testing/measured.test.ts";

const { BETTER, WORSE, NO_EVIDENCE } = MetricVerdict;

describe("CompareEvaluations", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  let models = 0;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  async function two(): Promise<{ baseline: string; candidate: string }> {
    models += 1;
    const model = await versions.model(`compared ${models}`);
    const names = [await versions.publish(model), await versions.publish(model)].map(({ name }) => name);
    return { baseline: names[0] ?? "", candidate: names[1] ?? "" };
  }

  type More = { dataset?: string; datasetArtifact?: string; positiveLabel?: string; lowerIsBetter?: string[] };
  const record = (parent: string, measured: MeasuredInit, { dataset = "test", ...more }: More = {}, by = alice) =>
    by.evaluations.recordEvaluation({ parent, dataset, measured, ...more });

  const metricOf = ({ metrics }: CompareEvaluationsResponse, name: string) =>
    metrics.find(({ metric }) => metric === name);

  it("finds a candidate that is better, worse, or not to be told from the baseline", async () => {
    for (const [measured, verdict] of [
      [counted(950, 950, 50, 50), BETTER],
      [counted(700, 700, 300, 300), WORSE],
      [counted(855, 850, 150, 145), NO_EVIDENCE],
    ] as const) {
      const { baseline, candidate } = await two();
      await record(baseline, counted(850, 850, 150, 150));
      await record(candidate, measured);
      const found = await alice.evaluations.compareEvaluations({ baseline, candidate });
      expect(found.dataset).to.equal("test");
      expect(found.baselineEvaluation).to.contain(baseline);
      expect(metricOf(found, "accuracy")?.verdict).to.equal(verdict);
      expect(metricOf(found, "f1")?.verdict).to.equal(verdict);
      expect(metricOf(found, "mcc")?.verdict).to.equal(NO_EVIDENCE);
    }
  });

  it("has the interval of Newcombe's example: 56/70 and 48/80 make 0.0524 to 0.3339", async () => {
    const { baseline, candidate } = await two();
    await record(baseline, counted(48, 0, 0, 32));
    await record(candidate, counted(56, 0, 0, 14));
    const recall = metricOf(await alice.evaluations.compareEvaluations({ baseline, candidate }), "recall");
    expect(recall?.difference).to.be.closeTo(0.2, 1e-12);
    expect(recall?.interval?.lower).to.be.closeTo(0.0524, 0.00005);
    expect(recall?.interval?.upper).to.be.closeTo(0.3339, 0.00005);
    expect(recall?.verdict).to.equal(BETTER);
    expect(recall?.reason).to.equal("the 95 % interval of the difference lies above 0");
  });

  it("knows of which metrics less is better, and shows no evidence without intervals", async () => {
    const { baseline, candidate } = await two();
    await record(baseline, given({ log_loss: 1, val_loss: 1, bleu: 1 }));
    await record(candidate, given({ log_loss: 2, val_loss: 2, bleu: 2, only: 3 }), { lowerIsBetter: ["val_loss"] });
    const { metrics } = await alice.evaluations.compareEvaluations({ baseline, candidate });
    expect(metrics.map(({ metric, lowerIsBetter, verdict }) => [metric, lowerIsBetter, verdict])).to.deep.equal([
      ["bleu", false, NO_EVIDENCE],
      ["log_loss", true, NO_EVIDENCE],
      ["val_loss", true, NO_EVIDENCE],
    ]);
    expect(metrics[0]?.reason).to.contain("no interval");
  });

  it("judges errors by their rows", async () => {
    const { baseline, candidate } = await two();
    for (const [parent, scale] of [
      [baseline, 1],
      [candidate, 3],
    ] as const) {
      const targets = Array.from({ length: 100 }, (_, index) => index);
      const estimates = targets.map((target) => target + scale * (1 + (target % 3) / 10));
      await alice.evaluations.recordPredictions(
        (async function* () {
          yield { content: { case: "header" as const, value: { parent, dataset: "test" } } };
          yield { content: { case: "rows" as const, value: { targets, estimates } } };
          yield { content: { case: "end" as const, value: { rowCount: 100n } } };
        })(),
      );
    }
    const found = await alice.evaluations.compareEvaluations({ baseline, candidate });
    expect(metricOf(found, "mae")?.verdict).to.equal(WORSE);
    expect(metricOf(found, "rmse")?.verdict).to.equal(WORSE);
    const reversed = await alice.evaluations.compareEvaluations({ baseline: candidate, candidate: baseline });
    expect(metricOf(reversed, "mae")?.verdict).to.equal(BETTER);
  });

  it("takes the latest on the dataset, VERIFIED before CLAIMED, and says where one is missing", async () => {
    const { baseline, candidate } = await two();
    const compare = (more: object = {}) => alice.evaluations.compareEvaluations({ baseline, candidate, ...more });
    const nothing = await refusal(compare(), "EVALUATION_INVALID");
    expect(nothing.message).to.contain("no dataset is named, and the candidate was never evaluated on any");
    await record(candidate, given({ a: 1 }));
    const missing = await refusal(compare(), "EVALUATION_MISSING");
    expect(missing.message).to.contain(`${baseline} was never evaluated on "test"`);
    await record(baseline, given({ a: 2 }), {}, server.as(service));
    await record(baseline, given({ a: 3 }));
    await record(candidate, given({ a: 4 }));
    await record(candidate, given({ a: 5 }), { dataset: "other" });
    const { metrics } = await compare();
    expect(metrics.map((each) => [each.baseline, each.candidate])).to.deep.equal([[2, 4]]);
    await refusal(compare({ slice: "language=de" }), "EVALUATION_MISSING");
    await refusal(compare({ dataset: "nowhere" }), "EVALUATION_MISSING");
  });

  it("shows no evidence where the datasets or the positive classes differ", async () => {
    const { baseline, candidate } = await two();
    await record(baseline, counted(100, 100, 0, 0), { datasetArtifact: server.artifact(1), positiveLabel: "spam" });
    await record(candidate, counted(10, 10, 90, 90), { datasetArtifact: server.artifact(2), positiveLabel: "spam" });
    const bytes = metricOf(await alice.evaluations.compareEvaluations({ baseline, candidate }), "accuracy");
    expect([bytes?.verdict, bytes?.reason]).to.deep.equal([NO_EVIDENCE, "the datasets have one name and other bytes"]);
    await record(candidate, counted(10, 10, 90, 90), { positiveLabel: "ham" });
    const classes = metricOf(await alice.evaluations.compareEvaluations({ baseline, candidate }), "recall");
    expect([classes?.verdict, classes?.reason]).to.deep.equal([
      NO_EVIDENCE,
      'the positive classes differ: "spam" and "ham"',
    ]);
  });
});
