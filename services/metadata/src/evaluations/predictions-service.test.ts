import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Evaluation } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type {
  PredictionRowsSchema,
  RecordPredictionsRequestSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { PredictionMemory } from "./prediction-memory.ts";

type Request = MessageInitShape<typeof RecordPredictionsRequestSchema>;
type Rows = MessageInitShape<typeof PredictionRowsSchema>;

const rows = (value: Rows): Request => ({ content: { case: "rows", value } });
const end = (rowCount: number): Request => ({ content: { case: "end", value: { rowCount: BigInt(rowCount) } } });

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
  let parent: string;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    const versions = new Versions(server);
    parent = (await versions.publish(await versions.model("predicted"))).name;
  });
  after(() => server.close());

  function header(more: { parent?: string; positiveLabel?: string; requestId?: string } = {}): Request {
    return { content: { case: "header", value: { parent, dataset: "test", ...more } } };
  }

  const send = (...messages: Request[]) =>
    alice.evaluations.recordPredictions(
      (async function* () {
        yield* messages;
      })(),
    );
  const recorded = async (...messages: Request[]) => (await send(...messages)).evaluation as Evaluation;
  const count = async () => (await alice.evaluations.listEvaluations({ parent })).evaluations.length;

  it("are counted row by row, in any number of messages", async () => {
    const { labels = [], predictions = [] } = SPAM;
    const half = (from: number, to: number) =>
      rows({ labels: labels.slice(from, to), predictions: predictions.slice(from, to) });
    const evaluation = await recorded(header({ positiveLabel: "spam" }), half(0, 57), half(57, 200), end(200));
    expect(evaluation.rowCount).to.equal(200n);
    expect(evaluation.metrics.accuracy).to.equal(0.85);
    expect(evaluation.metrics.f1).to.be.closeTo(0.8421, 0.00005);
    expect(evaluation.confusionMatrix?.labels).to.deep.equal(["spam", "ham"]);
    expect(evaluation.confusionMatrix?.cells).to.deep.equal([80, 20, 10, 90]);
    expect(evaluation.intervals.accuracy?.lower).to.be.closeTo(0.794, 0.001);
  });

  it("may be scores: ranks with ties, of the whole and of each slice", async () => {
    const evaluation = await recorded(
      header({ positiveLabel: "1" }),
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
    const evaluation = await recorded(
      header(),
      rows({ targets: [1, 2, 3], estimates: [1, 2, 5], weights: [1, 1, 2] }),
      end(3),
    );
    expect(evaluation.metrics.mae).to.equal(1);
    expect(evaluation.metrics.rmse).to.be.closeTo(Math.sqrt(2), 1e-15);
    expect(evaluation.metrics.r2).to.be.closeTo(1 - 8 / 2.75, 1e-12);
    expect(evaluation.intervals).to.deep.equal({});
  });

  it("are recorded once per request id", async () => {
    const before = await count();
    const requestId = "3f0b8a52-5a54-4c7e-8f2e-6f7f7c1d2e3f";
    const first = await recorded(header({ requestId }), rows(SPAM), end(200));
    expect(await recorded(header({ requestId }), rows(SPAM), end(200))).to.deep.equal(first);
    const other = rows({ labels: ["spam"], predictions: ["spam"] });
    await refusal(send(header({ requestId }), other, end(1)), "REQUEST_ID_REUSED");
    expect(await count()).to.equal(before + 1);
  });

  const one = rows({ labels: ["a"], predictions: ["b"] });
  const cases: Record<string, { messages: () => Request[]; says: string; field: string }> = {
    "a stream without a header": {
      messages: () => [one],
      says: "the first message is not the header",
      field: "header",
    },
    "a second header": { messages: () => [header(), header()], says: "there is a second header", field: "header" },
    "a stream that is cut": {
      messages: () => [header(), one],
      says: "the stream ended after 1 rows without saying how many there are, so some may be missing",
      field: "end",
    },
    "a stream that lacks rows": {
      messages: () => [header(), one, end(2)],
      says: "2 rows were sent and 1 received",
      field: "end.row_count",
    },
    "something behind the end": {
      messages: () => [header(), one, end(1), one],
      says: "something follows the end",
      field: "end",
    },
    "columns of two lengths": {
      messages: () => [header(), rows({ labels: ["a", "b"], predictions: ["a"] }), end(2)],
      says: "2 labels and 1 predictions: columns must be of one length",
      field: "rows.predictions",
    },
    "a column that appears later": {
      messages: () => [header(), one, rows({ labels: ["a"], predictions: ["a"], weights: [1] }), end(2)],
      says: "weights appear in later rows, but the first ones had none",
      field: "rows.weights",
    },
    "labels alone": {
      messages: () => [header(), rows({ labels: ["a"] }), end(1)],
      says: "labels need predictions or scores",
      field: "rows.predictions",
    },
    "neither labels nor targets": {
      messages: () => [header(), rows({ predictions: ["a"] }), end(1)],
      says: "rows need labels, or targets for a regression",
      field: "rows.labels",
    },
    "scores without a positive class": {
      messages: () => [header(), rows({ labels: ["a"], scores: [1] }), end(1)],
      says: "scores need the positive class that they are about",
      field: "header.positive_label",
    },
    "a positive class that no row has": {
      messages: () => [header({ positiveLabel: "x" }), one, end(1)],
      says: 'no row has the positive class "x"',
      field: "header.positive_label",
    },
    "a score that is NaN": {
      messages: () => [
        header({ positiveLabel: "a" }),
        rows({ labels: ["a"], scores: [1] }),
        rows({ labels: ["a", "a"], scores: [1, Number.NaN] }),
        end(3),
      ],
      says: "row 3 has the score NaN, which is no finite number",
      field: "rows.scores",
    },
    "an estimate that is infinite": {
      messages: () => [header(), rows({ targets: [1], estimates: [Number.POSITIVE_INFINITY] }), end(1)],
      says: "row 1 has the estimate Infinity, which is no finite number",
      field: "rows.estimates",
    },
    "a negative weight": {
      messages: () => [header(), rows({ targets: [1], estimates: [1], weights: [-1] }), end(1)],
      says: "row 1 has the weight -1, which is below 0",
      field: "rows.weights",
    },
    "an empty label": {
      messages: () => [header(), rows({ labels: [""], predictions: ["a"] }), end(1)],
      says: "row 1 has an empty label",
      field: "rows.labels",
    },
    "101 classes": {
      messages: () => {
        const labels = Array.from({ length: 101 }, (_, index) => `class ${index}`);
        return [header(), rows({ labels, predictions: labels }), end(101)];
      },
      says: "row 101 has one more class than the 100 that there may be",
      field: "rows.labels",
    },
    "101 slices": {
      messages: () => {
        const slices = Array.from({ length: 101 }, (_, index) => `slice ${index}`);
        const same = slices.map(() => "a");
        return [header(), rows({ labels: same, predictions: same, slices }), end(101)];
      },
      says: "row 101 has one more slice than the 100 that there may be",
      field: "rows.slices",
    },
    "no rows": { messages: () => [header(), end(0)], says: "greater than or equal to 1", field: "end.row_count" },
  };
  for (const [name, { messages, says, field }] of Object.entries(cases)) {
    it(`are refused and leave nothing: ${name}`, async () => {
      const before = await count();
      const error = await refusal(send(...messages()), name === "no rows" ? "REQUEST_INVALID" : "EVALUATION_INVALID");
      expect(error.fields.map((each) => each.field)).to.contain(field);
      expect(`${error.message} ${error.fields.map(({ description }) => description).join(" ")}`).to.contain(says);
      expect(await count()).to.equal(before);
    });
  }

  it("leave nothing where the client goes away", async () => {
    const before = await count();
    const leaving = new AbortController();
    const sent = alice.evaluations.recordPredictions(
      (async function* () {
        yield header();
        yield one;
        leaving.abort();
      })(),
      { signal: leaving.signal },
    );
    const error: unknown = await sent.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(RpcError);
    expect((error as RpcError).code).to.equal("CANCELLED");
    expect(await count()).to.equal(before);
  });

  it("are refused at once for a version that is not there", async () => {
    await refusal(send(header({ parent: "models/predicted/versions/9.9.9" })), "VERSION_NOT_FOUND");
  });
});

describe("PredictionMemory", () => {
  it("refuses what would be too much together, and takes it once others are through", () => {
    const memory = new PredictionMemory(100);
    const [one, other] = [memory.share(), memory.share()];
    one.hold(60);
    one.hold(70);
    other.hold(30);
    expect(() => other.hold(31)).to.throw(RpcError, "Too many predictions with scores are being recorded at once");
    one.release();
    other.hold(100);
  });
});
