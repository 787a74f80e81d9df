import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { end, PredictionSender, type Request, rows } from "./testing/prediction-sender.test.ts";

describe("Predictions that make no sense", () => {
  let server: MetadataServer;
  let alice: Clients;
  let sender: PredictionSender;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    const versions = new Versions(server);
    sender = new PredictionSender(alice, (await versions.publish(await versions.model("refused"))).name);
  });
  after(() => server.close());

  const one = rows({ labels: ["a"], predictions: ["b"] });
  const cases: Record<string, { messages: () => Request[]; says: string; field: string }> = {
    "a stream without a header": {
      messages: () => [one],
      says: "the first message is not the header",
      field: "header",
    },
    "a second header": {
      messages: () => [sender.header(), sender.header()],
      says: "there is a second header",
      field: "header",
    },
    "a stream that is cut": {
      messages: () => [sender.header(), one],
      says: "the stream ended after 1 rows without saying how many there are, so some may be missing",
      field: "end",
    },
    "a stream that lacks rows": {
      messages: () => [sender.header(), one, end(2)],
      says: "2 rows were sent and 1 received",
      field: "end.row_count",
    },
    "something behind the end": {
      messages: () => [sender.header(), one, end(1), one],
      says: "something follows the end",
      field: "end",
    },
    "columns of two lengths": {
      messages: () => [sender.header(), rows({ labels: ["a", "b"], predictions: ["a"] }), end(2)],
      says: "2 labels and 1 predictions: columns must be of one length",
      field: "rows.predictions",
    },
    "a column that appears later": {
      messages: () => [sender.header(), one, rows({ labels: ["a"], predictions: ["a"], weights: [1] }), end(2)],
      says: "weights appear in later rows, but the first ones had none",
      field: "rows.weights",
    },
    "labels alone": {
      messages: () => [sender.header(), rows({ labels: ["a"] }), end(1)],
      says: "labels need predictions or scores",
      field: "rows.predictions",
    },
    "neither labels nor targets": {
      messages: () => [sender.header(), rows({ predictions: ["a"] }), end(1)],
      says: "rows need labels, or targets for a regression",
      field: "rows.labels",
    },
    "scores without a positive class": {
      messages: () => [sender.header(), rows({ labels: ["a"], scores: [1] }), end(1)],
      says: "scores need the positive class that they are about",
      field: "header.positive_label",
    },
    "a positive class that no row has": {
      messages: () => [sender.header({ positiveLabel: "x" }), one, end(1)],
      says: 'no row has the positive class "x"',
      field: "header.positive_label",
    },
    "a score that is NaN": {
      messages: () => [
        sender.header({ positiveLabel: "a" }),
        rows({ labels: ["a"], scores: [1] }),
        rows({ labels: ["a", "a"], scores: [1, Number.NaN] }),
        end(3),
      ],
      says: "row 3 has the score NaN, which is no finite number",
      field: "rows.scores",
    },
    "an estimate that is infinite": {
      messages: () => [sender.header(), rows({ targets: [1], estimates: [Number.POSITIVE_INFINITY] }), end(1)],
      says: "row 1 has the estimate Infinity, which is no finite number",
      field: "rows.estimates",
    },
    "a negative weight": {
      messages: () => [sender.header(), rows({ targets: [1], estimates: [1], weights: [-1] }), end(1)],
      says: "row 1 has the weight -1, which is below 0",
      field: "rows.weights",
    },
    "weights that are all 0": {
      messages: () => [sender.header(), rows({ targets: [1], estimates: [1], weights: [0] }), end(1)],
      says: "all rows have the weight 0",
      field: "rows.weights",
    },
    "a slice that is empty": {
      messages: () => [
        sender.header(),
        rows({ labels: ["a", "a"], predictions: ["a", "a"], weights: [0, 1], slices: ["none", "some"] }),
        end(2),
      ],
      says: 'the slice "none" has only rows of weight 0',
      field: "rows.weights",
    },
    "an empty label": {
      messages: () => [sender.header(), rows({ labels: [""], predictions: ["a"] }), end(1)],
      says: "row 1 has an empty label",
      field: "rows.labels",
    },
    "101 classes": {
      messages: () => {
        const labels = Array.from({ length: 101 }, (_, index) => `class ${index}`);
        return [sender.header(), rows({ labels, predictions: labels }), end(101)];
      },
      says: "row 101 has one more class than the 100 that there may be",
      field: "rows.labels",
    },
    "101 slices": {
      messages: () => {
        const slices = Array.from({ length: 101 }, (_, index) => `slice ${index}`);
        const same = slices.map(() => "a");
        return [sender.header(), rows({ labels: same, predictions: same, slices }), end(101)];
      },
      says: "row 101 has one more slice than the 100 that there may be",
      field: "rows.slices",
    },
    "no rows": {
      messages: () => [sender.header(), end(0)],
      says: "greater than or equal to 1",
      field: "end.row_count",
    },
  };
  for (const [name, { messages, says, field }] of Object.entries(cases)) {
    it(`are refused and leave nothing: ${name}`, async () => {
      const before = await sender.count();
      const error = await refusal(
        sender.send(...messages()),
        name === "no rows" ? "REQUEST_INVALID" : "EVALUATION_INVALID",
      );
      expect(error.fields.map((each) => each.field)).to.contain(field);
      expect(`${error.message} ${error.fields.map(({ description }) => description).join(" ")}`).to.contain(says);
      expect(await sender.count()).to.equal(before);
    });
  }

  it("leave nothing where the client goes away", async () => {
    const before = await sender.count();
    const leaving = new AbortController();
    const sent = alice.evaluations.recordPredictions(
      (async function* () {
        yield sender.header();
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
    expect(await sender.count()).to.equal(before);
  });

  it("are refused at once for a version that is not there", async () => {
    await refusal(sender.send(sender.header({ parent: "models/predicted/versions/9.9.9" })), "VERSION_NOT_FOUND");
  });
});
