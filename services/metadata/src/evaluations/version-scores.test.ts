import { type Evaluation, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, service, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { given, type MeasuredInit } from "./testing/measured.test.ts";

describe("the metrics of a version", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  async function record(
    parent: string,
    measured: MeasuredInit,
    { dataset = "test", by = alice }: { dataset?: string; by?: Clients } = {},
  ): Promise<Evaluation> {
    return (await by.evaluations.recordEvaluation({ parent, dataset, measured })).evaluation as Evaluation;
  }

  const shownMetrics = async (name: string) => (await alice.versions.getVersion({ name })).version?.metrics;

  it("are the latest of each on its first dataset, VERIFIED before CLAIMED", async () => {
    const parent = (await versions.publish(await versions.model("shown"))).name;
    const workflow = server.as(service);
    await record(parent, given({ a: 1, b: 1 }));
    await record(parent, given({ a: 9 }), { dataset: "other" });
    expect(await shownMetrics(parent)).to.deep.equal({ a: 1, b: 1 });
    await record(parent, given({ a: 2 }));
    expect(await shownMetrics(parent)).to.deep.equal({ a: 2, b: 1 });
    const verified = await record(parent, given({ a: 3 }), { by: workflow });
    expect(verified.source).to.equal(EvaluationSource.VERIFIED);
    await record(parent, given({ a: 4, b: 4 }));
    expect(await shownMetrics(parent)).to.deep.equal({ a: 3, b: 4 });
    const { version: described } = await alice.versions.updateVersion({
      version: { name: parent, description: "kept" },
    });
    expect(described?.metrics).to.deep.equal({ a: 3, b: 4 });
    await record(parent, given({ a: 5 }), { by: workflow });
    expect(await shownMetrics(parent)).to.deep.equal({ a: 5, b: 4 });
  });

  it("are those on the model's primary dataset where it has one", async () => {
    const { model } = await alice.models.createModel({ model: { name: "models/primary", primaryDataset: "gold" } });
    expect(model?.primaryDataset).to.equal("gold");
    const { name } = await versions.publish("models/primary");
    await record(name, given({ a: 1 }));
    expect(await shownMetrics(name)).to.deep.equal({});
    await record(name, given({ a: 2, b: 2 }), { dataset: "gold" });
    expect(await shownMetrics(name)).to.deep.equal({ a: 2, b: 2 });
    const updated = await alice.models.updateModel({ model: { name: "models/primary", primaryDataset: "silver" } });
    expect(updated.model?.primaryDataset).to.equal("silver");
    await record(name, given({ a: 3 }), { dataset: "silver" });
    expect(await shownMetrics(name)).to.deep.equal({ a: 3 });
  });

  it("miss no evaluation that two instances of the service record at once", async () => {
    const beside = await startMetadata(server);
    try {
      const parent = (await versions.publish(await versions.model("at once"))).name;
      const clients = [alice, beside.as()];
      const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
      await Promise.all(
        names.map((name, index) =>
          record(parent, given({ [name]: index, last: index }), { by: clients[index % 2] ?? alice }),
        ),
      );
      const { evaluations } = await alice.evaluations.listEvaluations({ parent });
      expect(evaluations).to.have.length(12);
      const metrics = await shownMetrics(parent);
      expect(Object.keys(metrics ?? {}).sort()).to.deep.equal([...names, "last"].sort());
      expect(metrics?.last).to.equal(evaluations.at(-1)?.metrics.last);
    } finally {
      await beside.close();
    }
  });
});
