import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { counted, given, type MeasuredInit, matrixOf } from "./testing/measured.test.ts";

describe("Evaluations that make no sense", () => {
  let server: MetadataServer;
  let alice: Clients;
  let parent: string;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    const versions = new Versions(server);
    parent = (await versions.publish(await versions.model("bad input"))).name;
  });
  after(async () => {
    expect((await alice.evaluations.listEvaluations({ parent })).evaluations).to.deep.equal([]);
    await server.close();
  });

  interface Case {
    measured: MeasuredInit;
    more?: { slices?: { slice: string; measured: MeasuredInit }[]; positiveLabel?: string; lowerIsBetter?: string[] };
    reason: string;
    says: string;
    field: string;
  }
  const square = matrixOf(["ham", "spam"], [1, 2, 3, 4]);
  const cases: Record<string, Case> = {
    "a negative count": {
      measured: counted(-1, 1, 1, 1),
      reason: "REQUEST_INVALID",
      says: "must be greater than or equal to 0",
      field: "measured.counts.true_positives",
    },
    "no rows": {
      measured: counted(0, 0, 0, 0),
      reason: "REQUEST_INVALID",
      says: "there must be at least one row: all four counts are 0",
      field: "measured.counts",
    },
    "more rows than anybody has": {
      measured: counted(2_000_000_000_000, 0, 0, 0),
      reason: "REQUEST_INVALID",
      says: "less than or equal to 1000000000000",
      field: "measured.counts.true_positives",
    },
    "a metric that is NaN": {
      measured: given({ a: Number.NaN }),
      reason: "REQUEST_INVALID",
      says: "finite",
      field: 'measured.metrics.values["a"]',
    },
    "a metric that is infinite": {
      measured: given({ a: Number.NEGATIVE_INFINITY }),
      reason: "REQUEST_INVALID",
      says: "finite",
      field: 'measured.metrics.values["a"]',
    },
    "a metric without a proper name": {
      measured: given({ "a b": 1 }),
      reason: "REQUEST_INVALID",
      says: "must begin with a letter",
      field: 'measured.metrics.values["a b"]',
    },
    "a matrix with a negative cell": {
      measured: matrixOf(["ham", "spam"], [1, -2, 3, 4]),
      reason: "REQUEST_INVALID",
      says: "greater than or equal to 0",
      field: "measured.matrix.cells[1]",
    },
    "a matrix with a cell that is NaN": {
      measured: matrixOf(["ham", "spam"], [1, Number.NaN, 3, 4]),
      reason: "REQUEST_INVALID",
      says: "greater than or equal to 0",
      field: "measured.matrix.cells[1]",
    },
    "a matrix that is not square": {
      measured: matrixOf(["ham", "spam"], [1, 2, 3, 4, 5]),
      reason: "EVALUATION_INVALID",
      says: "2 labels need 4 cells, row by row, and there are 5",
      field: "measured.matrix.cells",
    },
    "a matrix without rows": {
      measured: matrixOf(["ham", "spam"], [0, 0, 0, 0]),
      reason: "EVALUATION_INVALID",
      says: "the matrix has no rows: all its cells are 0",
      field: "measured.matrix.cells",
    },
    "a label twice": {
      measured: matrixOf(["ham", "ham"], [1, 2, 3, 4]),
      reason: "REQUEST_INVALID",
      says: "unique",
      field: "measured.matrix.labels",
    },
    "a positive class that the matrix has never seen": {
      measured: square,
      more: { positiveLabel: "eggs" },
      reason: "EVALUATION_INVALID",
      says: 'the positive class "eggs" is no label of the matrix',
      field: "positive_label",
    },
    "an empty slice": {
      measured: square,
      more: { slices: [{ slice: "language=de", measured: matrixOf(["ham", "spam"], [0, 0, 0, 0]) }] },
      reason: "EVALUATION_INVALID",
      says: "the matrix has no rows",
      field: "slices[0].measured.matrix.cells",
    },
    "a slice without a name": {
      measured: square,
      more: { slices: [{ slice: "", measured: square }] },
      reason: "REQUEST_INVALID",
      says: "at least 1 character",
      field: "slices[0].slice",
    },
    "a slice twice": {
      measured: square,
      more: {
        slices: [
          { slice: "x", measured: square },
          { slice: "x", measured: square },
        ],
      },
      reason: "EVALUATION_INVALID",
      says: 'the slice "x" is there twice',
      field: "slices[1].slice",
    },
    "a slice in another form": {
      measured: square,
      more: { slices: [{ slice: "x", measured: counted(1, 1, 1, 1) }] },
      reason: "EVALUATION_INVALID",
      says: 'the slice "x" gives counts and the whole dataset a matrix',
      field: "slices[0].measured",
    },
    "101 slices": {
      measured: square,
      more: { slices: Array.from({ length: 101 }, (_, index) => ({ slice: `s${index}`, measured: square })) },
      reason: "REQUEST_INVALID",
      says: "slices must contain no more than 100 item",
      field: "slices",
    },
    "the direction of a metric that is not there": {
      measured: given({ a: 1 }),
      more: { lowerIsBetter: ["b"] },
      reason: "EVALUATION_INVALID",
      says: '"b" is no metric of it',
      field: "lower_is_better[0]",
    },
    "nothing measured": { measured: {}, reason: "REQUEST_INVALID", says: "required", field: "measured.form" },
  };

  for (const [name, { measured, more, reason, says, field }] of Object.entries(cases)) {
    it(`are refused: ${name}`, async () => {
      const error = await refusal(
        alice.evaluations.recordEvaluation({ parent, dataset: "test", measured, ...more }),
        reason,
      );
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.fields.map((each) => each.field)).to.contain(field);
      expect(`${error.message} ${error.fields.map(({ description }) => description).join(" ")}`).to.contain(says);
    });
  }

  it("are refused once the version would show more than 200 metrics", async () => {
    const versions = new Versions(server);
    const { name } = await versions.publish(await versions.model("many metrics"));
    const metrics = (start: number) =>
      given(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${start + index}`, index])));
    for (const start of [0, 100]) {
      await alice.evaluations.recordEvaluation({ parent: name, dataset: "test", measured: metrics(start) });
    }
    const more = { parent: name, dataset: "test", measured: given({ another: 1 }) };
    const error = await refusal(alice.evaluations.recordEvaluation(more), "EVALUATION_INVALID");
    expect(error.message).to.contain("the version would show 201 metrics; at most 200");
  });
});
