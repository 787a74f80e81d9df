import { type Evaluation, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { counted, given, type MeasuredInit, matrixOf } from "./testing/measured.test.ts";

describe("evaluations", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  /** A version of a model of its own. */
  async function version(model: string): Promise<string> {
    return (await versions.publish(await versions.model(model))).name;
  }

  async function record(
    parent: string,
    measured: MeasuredInit,
    { dataset = "test", by = alice, ...more }: { dataset?: string; by?: Clients; requestId?: string } = {},
  ): Promise<Evaluation> {
    const { evaluation } = await by.evaluations.recordEvaluation({ parent, dataset, measured, ...more });
    return evaluation as Evaluation;
  }

  it("follow from counts, under the names that the field uses", async () => {
    const parent = await version("spam");
    const evaluation = await record(parent, counted(80, 90, 10, 20));
    expect(evaluation.metrics.accuracy).to.equal(0.85);
    expect(evaluation.metrics.precision).to.be.closeTo(0.8889, 0.00005);
    expect(evaluation.metrics.recall).to.equal(0.8);
    expect(evaluation.metrics.f1).to.be.closeTo(0.8421, 0.00005);
    expect(evaluation.rowCount).to.equal(200n);
    expect(evaluation.source).to.equal(EvaluationSource.CLAIMED);
    expect(evaluation.creator).to.equal("users/alice");
    expect(evaluation.name).to.equal(`${parent}/evaluations/${evaluation.uid}`);
    expect((await alice.evaluations.getEvaluation({ name: evaluation.name })).evaluation).to.deep.equal(evaluation);
    const { version: shown } = await alice.versions.getVersion({ name: parent });
    expect(shown?.metrics).to.deep.equal(evaluation.metrics);
    const [event] = await eventsOf(alice, evaluation.uid, 1);
    expect(event?.type).to.equal("slipway.evaluation.recorded");
  });

  it("leave out what is 0/0", async () => {
    const evaluation = await record(await version("never positive"), counted(0, 5, 0, 0));
    expect(evaluation.metrics).to.have.property("accuracy", 1);
    for (const name of ["precision", "recall", "f1", "mcc"]) expect(evaluation.metrics).not.to.have.property(name);
  });

  it("follow from a matrix, of each class and as averages", async () => {
    const matrix = matrixOf(["ham", "spam", "never"], [90, 10, 0, 20, 80, 0, 0, 0, 0]);
    const evaluation = await record(await version("matrix"), matrix);
    expect(evaluation.classes.map(({ label, support }) => [label, support])).to.deep.equal([
      ["ham", 100],
      ["spam", 100],
      ["never", 0],
    ]);
    expect(evaluation.classes[2]?.metrics).to.deep.equal({});
    expect(evaluation.metrics.f1_macro).to.be.closeTo((0.8421 + 0.8571) / 2, 0.0001);
    expect(evaluation.metrics).not.to.have.property("f1");
  });

  it("keep slices apart and without them nothing else", async () => {
    const parent = await version("slices");
    const { evaluation } = await alice.evaluations.recordEvaluation({
      parent,
      dataset: "test",
      measured: counted(80, 90, 10, 20),
      slices: [{ slice: "language=de", measured: counted(1, 1, 1, 1) }],
      parameters: { threshold: "0.5" },
    });
    expect(evaluation?.slices.map(({ slice, metrics }) => [slice, metrics.accuracy])).to.deep.equal([
      ["language=de", 0.5],
    ]);
    expect(evaluation?.parameters).to.deep.equal({ threshold: "0.5" });
  });

  it("know no -0", async () => {
    const parent = await version("minus nothing");
    expect(Object.is((await record(parent, given({ a: -0 }))).metrics.a, 0)).to.equal(true);
    const { confusionMatrix } = await record(parent, matrixOf(["a", "b"], [1, -0, 0, 1]));
    expect(Object.is(confusionMatrix?.cells[1], 0)).to.equal(true);
  });

  it("are recorded once per request id", async () => {
    const parent = await version("once");
    const requestId = "8d9c1f5e-6a0b-4c6e-9a52-0d9a1b2c3d4e";
    const first = await record(parent, given({ a: 1 }), { requestId });
    expect(await record(parent, given({ a: 1 }), { requestId })).to.deep.equal(first);
    await refusal(record(parent, given({ a: 2 }), { requestId }), "REQUEST_ID_REUSED");
    expect((await alice.evaluations.listEvaluations({ parent })).evaluations).to.have.length(1);
  });

  it("name datasets that the tenant has", async () => {
    const parent = await version("datasets");
    const measured = given({ a: 1 });
    const datasetArtifact = server.artifact(77);
    const { evaluation } = await alice.evaluations.recordEvaluation({
      parent,
      dataset: "d",
      measured,
      datasetArtifact: `tenants/acme/${datasetArtifact}`,
    });
    expect(evaluation?.datasetArtifact).to.equal(datasetArtifact);
    const missing = { parent, dataset: "d", measured, datasetArtifact: `artifacts/${"f".repeat(64)}` };
    await refusal(alice.evaluations.recordEvaluation(missing), "ARTIFACT_NOT_FOUND");
    const wrong = { ...missing, datasetArtifact: "artifacts/x" };
    await refusal(alice.evaluations.recordEvaluation(wrong), "RESOURCE_NAME_INVALID");
    expect((await alice.evaluations.listEvaluations({ parent })).evaluations).to.have.length(1);
  });

  it("are listed by page, filter and order", async () => {
    const parent = await version("listed");
    for (const [dataset, rows] of [
      ["a", 3],
      ["b", 1],
      ["a", 2],
    ] as const) {
      await record(parent, counted(rows, 0, 0, 0), { dataset });
    }
    const rows = (found: { evaluations: Evaluation[] }) => found.evaluations.map(({ rowCount }) => Number(rowCount));
    expect(rows(await alice.evaluations.listEvaluations({ parent }))).to.deep.equal([3, 1, 2]);
    expect(rows(await alice.evaluations.listEvaluations({ parent, orderBy: "row_count" }))).to.deep.equal([1, 2, 3]);
    const filter = 'dataset = "a" AND source = CLAIMED';
    expect(rows(await alice.evaluations.listEvaluations({ parent, filter }))).to.deep.equal([3, 2]);
    const first = await alice.evaluations.listEvaluations({ parent, pageSize: 2 });
    const { nextPageToken: pageToken } = first;
    expect(rows(await alice.evaluations.listEvaluations({ parent, pageSize: 2, pageToken }))).to.deep.equal([2]);
    await refusal(alice.evaluations.listEvaluations({ parent, filter: "nonsense = 1" }), "FILTER_INVALID");
  });

  it("are hidden from viewers with their version, and belong to it alone", async () => {
    const parent = await versions.model("hidden");
    const { name } = await versions.create(parent);
    const evaluation = await record(name, given({ a: 1 }));
    const victor = server.as({ role: "viewer", principal: "users/victor" });
    await refusal(victor.evaluations.getEvaluation({ name: evaluation.name }), "VERSION_NOT_FOUND");
    await refusal(victor.evaluations.listEvaluations({ parent: name }), "VERSION_NOT_FOUND");
    const { name: other } = await versions.create(parent);
    const elsewhere = `${other}/evaluations/${evaluation.uid}`;
    await refusal(alice.evaluations.getEvaluation({ name: elsewhere }), "EVALUATION_NOT_FOUND");
    await refusal(record(`${parent}/versions/9.0.0`, given({ a: 1 })), "VERSION_NOT_FOUND");
    const refused = await refusal(record(name, given({ a: 1 }), { by: victor }), "ROLE_REQUIRED");
    expect(refused.code).to.equal("PERMISSION_DENIED");
  });

  it("follow their model's name, and are gone once it is purged", async () => {
    const parent = await version("renamed");
    const { uid } = await record(parent, given({ a: 1 }));
    await alice.models.renameModel({ name: "models/renamed", newName: "models/renamed 2" });
    const name = `models/renamed 2/versions/1.0.0/evaluations/${uid}`;
    expect((await alice.evaluations.getEvaluation({ name })).evaluation?.name).to.equal(name);
    await alice.models.deleteModel({ name: "models/renamed 2" });
    await refusal(alice.evaluations.getEvaluation({ name }), "VERSION_NOT_FOUND");
    await server.as({ role: "admin" }).models.purgeModel({ name: "models/renamed 2" });
    const left = await server.documents.query({
      tenant: "00000000-0000-7000-8000-00000000acee",
      collection: "evaluations",
      limit: 1000,
    });
    expect(left.documents.map(({ key }) => key.id)).not.to.contain(uid);
  });
});
