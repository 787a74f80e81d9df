import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { end, PredictionSender, type Rows, rows } from "./testing/prediction-sender.test.ts";

/** The spam classifier of docs/evaluation.md, row by row. */
const SPAM: Rows = {
  labels: [...Array<string>(100).fill("spam"), ...Array<string>(100).fill("ham")],
  predictions: [
    ...Array<string>(80).fill("spam"),
    ...Array<string>(20).fill("ham"),
    ...Array<string>(90).fill("ham"),
    ...Array<string>(10).fill("spam"),
  ],
};

describe("predictions", () => {
  let server: MetadataServer;
  let alice: Clients;
  let sender: PredictionSender;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    const versions = new Versions(server);
    sender = new PredictionSender(alice, (await versions.publish(await versions.model("predicted"))).name);
  });
  after(() => server.close());

  it("are counted row by row, in any number of messages", async () => {
    const { labels = [], predictions = [] } = SPAM;
    const half = (from: number, to: number) =>
      rows({ labels: labels.slice(from, to), predictions: predictions.slice(from, to) });
    const evaluation = await sender.send(
      sender.header({ positiveLabel: "spam" }),
      half(0, 57),
      half(57, 200),
      end(200),
    );
    expect(evaluation.rowCount).to.equal(200n);
    expect(evaluation.metrics.accuracy).to.equal(0.85);
    expect(evaluation.metrics.f1).to.be.closeTo(0.8421, 0.00005);
    expect(evaluation.confusionMatrix?.labels).to.deep.equal(["spam", "ham"]);
    expect(evaluation.confusionMatrix?.cells).to.deep.equal([80, 20, 10, 90]);
    expect(evaluation.intervals.accuracy?.lower).to.be.closeTo(0.794, 0.001);
  });

  it("may be scores: ranks with ties, of the whole and of each slice", async () => {
    const evaluation = await sender.send(
      sender.header({ positiveLabel: "1" }),
      rows({
        labels: ["1", "0", "1", "0", "1"],
        scores: [0.9, 0.9, 0.4, 0.1, 0.2],
        slices: ["a", "a", "b", "b", ""],
      }),
      end(5),
    );
    // Of 6 pairs 3 are in order and one is a tie.
    expect(evaluation.metrics.roc_auc).to.be.closeTo(3.5 / 6, 1e-15);
    expect(evaluation.metrics).to.have.property("log_loss");
    expect(evaluation.metrics).not.to.have.property("accuracy");
    expect(evaluation.slices.map(({ slice, metrics, rowCount }) => [slice, metrics.roc_auc, rowCount])).to.deep.equal([
      ["a", 0.5, 2n],
      ["b", 1, 2n],
    ]);
  });

  it("may be numbers", async () => {
    const evaluation = await sender.send(
      sender.header(),
      rows({ targets: [1, 2, 3], estimates: [1, 2, 5], weights: [1, 1, 2] }),
      end(3),
    );
    expect(evaluation.metrics.mae).to.equal(1);
    expect(evaluation.metrics.rmse).to.be.closeTo(Math.sqrt(2), 1e-15);
    expect(evaluation.metrics.r2).to.be.closeTo(1 - 8 / 2.75, 1e-12);
    expect(evaluation.intervals).to.deep.equal({});
  });

  it("are recorded once per request id", async () => {
    const before = await sender.count();
    const requestId = "3f0b8a52-5a54-4c7e-8f2e-6f7f7c1d2e3f";
    const first = await sender.send(sender.header({ requestId }), rows(SPAM), end(200));
    expect(await sender.send(sender.header({ requestId }), rows(SPAM), end(200))).to.deep.equal(first);
    const other = rows({ labels: ["spam"], predictions: ["spam"] });
    await refusal(sender.send(sender.header({ requestId }), other, end(1)), "REQUEST_ID_REUSED");
    expect(await sender.count()).to.equal(before + 1);
  });
});
