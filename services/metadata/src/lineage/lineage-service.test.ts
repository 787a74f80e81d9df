import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { LineageDirection } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { expect } from "chai";
import { acme, type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { edgesOf, lineageOf, namesOf, type RelationInit, relationOf } from "../testing/relations.test.ts";
import { Versions } from "../testing/versions.test.ts";

const { QUANTIZED_FROM } = RelationKind;
const { DOWN, UP } = LineageDirection;

describe("GetLineage", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  const add = (init: RelationInit) => alice.lineage.addRelation(relationOf(init));
  const published = async (model: string) => (await versions.publish(await versions.model(model))).name;

  /** base ← tuned ← small, and tuned was trained on imdb. */
  async function family(prefix: string): Promise<[base: string, tuned: string, small: string]> {
    const [base, tuned, small] = [
      await published(`${prefix}-base`),
      await published(`${prefix}-tuned`),
      await published(`${prefix}-small`),
    ];
    await add({ source: tuned, version: base });
    await add({ source: small, version: tuned, kind: QUANTIZED_FROM });
    await add({ source: tuned, dataset: `${prefix}-imdb` });
    return [base, tuned, small];
  }

  it("walks up, down, both ways, as far as asked", async () => {
    const [base, tuned, small] = await family("walk");
    expect(namesOf(await lineageOf(alice, small, { direction: UP }))).to.deep.equal([small, tuned, base, "walk-imdb"]);
    expect(namesOf(await lineageOf(alice, base, { direction: DOWN }))).to.deep.equal([base, tuned, small]);
    const both = await lineageOf(alice, tuned);
    expect(edgesOf(both).sort()).to.deep.equal(
      [`${small} QUANTIZED_FROM ${tuned}`, `${tuned} DERIVED_FROM ${base}`, `${tuned} TRAINED_ON walk-imdb`].sort(),
    );
    const near = await lineageOf(alice, small, { direction: UP, depth: 1 });
    expect({ names: namesOf(near), truncated: near.truncated }).to.deep.equal({
      names: [small, tuned],
      truncated: true,
    });
    expect(both.truncated).to.equal(false);
    expect(both.nodes.map(({ distance }) => distance)).to.deep.equal([0, 1, 1, 1]);
    const [root] = both.nodes;
    expect(root?.node.value).to.include({ stage: "development", deleted: false, purged: false });
  });

  it("begins also with a dataset", async () => {
    const [, tuned, small] = await family("data");
    expect(namesOf(await lineageOf(alice, { name: "data-imdb" }))).to.deep.equal(["data-imdb", tuned, small]);
    const unknown = await lineageOf(alice, { name: "data-imdb", artifact: `artifacts/${"0".repeat(64)}` });
    expect(namesOf(unknown)).to.deep.equal(["data-imdb"]);
  });

  it("finds the versions in a stage that a change would reach", async () => {
    const [base, tuned, small] = await family("impact");
    const waiting = await versions.create("models/impact-small");
    await add({ source: waiting.name, version: tuned });
    const found = await lineageOf(alice, base, { direction: DOWN, stage: "development" });
    expect(found.nodes.map(({ matches }) => matches)).to.deep.equal([false, true, true]);
    expect(namesOf(found)).to.deep.equal([base, tuned, small]);
    expect(namesOf(await lineageOf(alice, base, { direction: DOWN, stage: "production" }))).to.deep.equal([base]);
    // What lies between is shown though it is in another stage.
    await alice.versions.deleteVersion({ name: tuned });
    const across = await lineageOf(alice, base, { direction: DOWN, stage: "development" });
    expect(across.nodes.map(({ matches }) => matches)).to.deep.equal([false, false, true]);
  });

  it("shows viewers published versions only, and nothing behind others", async () => {
    const [base, tuned] = await family("seen");
    const hidden = await versions.create("models/seen-base");
    const behind = await versions.publish("models/seen-base");
    await add({ source: hidden.name, version: base });
    await add({ source: behind.name, version: hidden.name });
    const viewer = server.as({ role: "viewer", principal: "users/vera" });
    expect(namesOf(await lineageOf(viewer, base, { direction: DOWN, depth: 1 }))).to.deep.equal([base, tuned]);
    expect(namesOf(await lineageOf(viewer, base))).to.not.include(behind.name);
    expect(namesOf(await lineageOf(alice, base))).to.include(behind.name);
    const refused = lineageOf(viewer, hidden.name);
    await refusal(refused, "VERSION_NOT_FOUND");
    await refusal(lineageOf(alice, "models/seen-base/versions/9.0.0"), "VERSION_NOT_FOUND");
  });

  it("says which versions are deleted, and calls models by the names that they have now", async () => {
    const [base, tuned, small] = await family("named");
    await alice.models.renameModel({ name: "models/named-base", newName: "models/named-root" });
    await alice.models.deleteModel({ name: "models/named-tuned" });
    const { nodes } = await lineageOf(alice, small, { direction: UP });
    const shown = nodes.flatMap(({ node }) => (node.case === "version" ? [[node.value.name, node.value.deleted]] : []));
    expect(shown).to.deep.equal([
      [small, false],
      [tuned, true],
      [base.replace("named-base", "named-root"), false],
    ]);
  });

  it("keeps a purged version as long as something that is left came from it", async () => {
    const admin = server.as({ role: "admin" });
    const purge = async (model: string) => {
      await admin.models.deleteModel({ name: `models/${model}` });
      await admin.models.purgeModel({ name: `models/${model}` });
    };
    const [base, tuned, small] = await family("left");
    await purge("left-tuned");
    const { nodes } = await lineageOf(alice, base, { direction: DOWN });
    expect(nodes.map(({ node }) => node.case === "version" && [node.value.name, node.value.purged])).to.deep.equal([
      [base, false],
      [tuned, true],
      [small, false],
    ]);
    expect(namesOf(await lineageOf(server.as({ role: "viewer" }), base))).to.deep.equal([base]);
    await purge("left-small");
    expect(namesOf(await lineageOf(alice, base))).to.deep.equal([base]);
    const query = { tenant: acme.tenantUid, collection: "relations", limit: 1000 };
    const { documents } = await server.documents.query(query);
    expect(documents.filter(({ body }) => JSON.stringify(body).includes("left-"))).to.deep.equal([]);
    const removed: string[] = [];
    const types = ["slipway.relation.removed"];
    for await (const { event } of alice.events.watchEvents({ types }, { timeoutMs: 10_000 })) {
      removed.push(event?.subject ?? "");
      if (removed.length === 3) break;
    }
    expect(removed.every((subject) => subject.includes("/left-"))).to.equal(true);
  });

  it("leaves nothing of a whole model whose versions came from each other", async () => {
    const admin = server.as({ role: "admin" });
    const parent = await versions.model("chain");
    const names: string[] = [];
    for (let n = 0; n < 4; n += 1) names.push((await versions.create(parent)).name);
    for (const [n, source] of names.slice(1).entries()) await add({ source, version: names[n] ?? "" });
    await admin.models.deleteModel({ name: parent });
    await admin.models.purgeModel({ name: parent });
    const query = { tenant: acme.tenantUid, collection: "relations", limit: 1000 };
    const { documents } = await server.documents.query(query);
    expect(documents.filter(({ body }) => JSON.stringify(body).includes("models/chain"))).to.deep.equal([]);
  });
});
