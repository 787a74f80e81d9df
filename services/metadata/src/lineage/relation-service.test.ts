import { randomUUID } from "node:crypto";
import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { edgesOf, lineageOf, type RelationInit, relationOf } from "../testing/relations.test.ts";
import { Versions } from "../testing/versions.test.ts";

const { DERIVED_FROM, EVALUATED_ON, FINE_TUNED_FROM, TRAINED_ON } = RelationKind;

describe("AddRelation and RemoveRelation", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  const add = (init: RelationInit, requestId = "") => alice.lineage.addRelation({ ...relationOf(init), requestId });
  const remove = (init: RelationInit) => alice.lineage.removeRelation(relationOf(init));

  /** Versions of one model, from 1.0.0 on. */
  async function some(model: string, count: number): Promise<string[]> {
    const parent = await versions.model(model);
    const names: string[] = [];
    for (let n = 0; n < count; n += 1) names.push((await versions.create(parent)).name);
    return names;
  }

  it("say where a version came from, until they are taken back, each with its event", async () => {
    const [a = "", b = ""] = await some("told", 2);
    const digest = "ab".repeat(32);
    const { relation } = await add({ source: b, version: a, kind: FINE_TUNED_FROM });
    expect(relation).to.deep.include({ source: b, kind: FINE_TUNED_FROM, target: { case: "version", value: a } });
    expect(relation).to.include({ creator: "users/alice" });
    await add({ source: b, dataset: "imdb", artifact: `tenants/acme/artifacts/${digest}` });
    const lineage = await lineageOf(alice, b);
    expect(edgesOf(lineage)).to.deep.equal([`${b} FINE_TUNED_FROM ${a}`, `${b} TRAINED_ON imdb`]);
    expect(lineage.nodes[2]?.node.value).to.include({ name: "imdb", artifact: `artifacts/${digest}` });
    await remove({ source: b, version: a, kind: FINE_TUNED_FROM });
    expect(edgesOf(await lineageOf(alice, b))).to.deep.equal([`${b} TRAINED_ON imdb`]);

    const own = await eventsOf(alice, relation?.uid ?? "", 2);
    expect(own.map(({ type, subject, aggregateRevision }) => [type, subject, aggregateRevision])).to.deep.equal([
      ["slipway.relation.added", `tenants/acme/${b}`, 1n],
      ["slipway.relation.removed", `tenants/acme/${b}`, 2n],
    ]);
    expect(own[1]?.payload).to.deep.include({ source: b, kind: "RELATION_KIND_FINE_TUNED_FROM", version: a });
  });

  it("happen once per request id", async () => {
    const [a = "", b = ""] = await some("once", 2);
    const requestId = randomUUID();
    const [one, other] = await Promise.all([
      add({ source: b, version: a }, requestId),
      add({ source: b, version: a }, requestId),
    ]);
    expect(one.relation?.uid).to.equal(other.relation?.uid);
    await refusal(add({ source: a, version: b }, requestId), "REQUEST_ID_REUSED");
    const again = await refusal(add({ source: b, version: a }), "RELATION_EXISTS");
    expect(again.message).to.contain(`${b} is derived from ${a} already`);
  });

  it("refuse circles, and say along which way", async () => {
    const [a = "", b = "", c = "", d = ""] = await some("circle", 4);
    await add({ source: b, version: a });
    await add({ source: c, version: b, kind: FINE_TUNED_FROM });
    await add({ source: d, version: c, kind: TRAINED_ON });
    const error = await refusal(add({ source: a, version: d }), "LINEAGE_CYCLE");
    expect(error.code).to.equal("FAILED_PRECONDITION");
    expect(error.message).to.contain(
      `${a} cannot be derived from ${d}, which came from it: ${a} → ${b} → ${c} → ${d}.`,
    );
    await refusal(add({ source: a, version: a }), "LINEAGE_CYCLE");
    // To be measured on something is no descent.
    await add({ source: a, version: d, kind: EVALUATED_ON });
    await alice.models.renameModel({ name: "models/circle", newName: "models/renamed" });
    const renamed = (name: string) => name.replace("circle", "renamed");
    const later = await refusal(add({ source: renamed(a), version: renamed(c) }), "LINEAGE_CYCLE");
    expect(later.message).to.contain([a, b, c].map(renamed).join(" → "));
  });

  it("never close a circle together, however many calls of two servers meet", async () => {
    const other = await startMetadata(server);
    try {
      const bob = other.as({ principal: "users/bob" });
      for (let round = 0; round < 6; round += 1) {
        const names = await some(`ring-${round}`, 4);
        const calls = names.map((source, n) => {
          const { lineage } = n % 2 === 0 ? alice : bob;
          return lineage.addRelation(relationOf({ source, version: names[(n + 1) % names.length] ?? "" }));
        });
        const outcomes = await Promise.allSettled(calls);
        const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.reason] : []));
        expect(refused).to.deep.equal(["LINEAGE_CYCLE"]);
      }
    } finally {
      await other.close();
    }
  });

  it("have ends that exist, and datasets where these make sense", async () => {
    const [a = "", b = ""] = await some("ends", 2);
    const missing = "models/ends/versions/9.0.0";
    await refusal(add({ source: missing, version: a }), "VERSION_NOT_FOUND");
    expect((await refusal(add({ source: a, version: missing }), "VERSION_NOT_FOUND")).message).to.contain(missing);
    await refusal(add({ source: a, version: "models/nobody/versions/1.0.0" }), "VERSION_NOT_FOUND");
    await refusal(add({ source: "iris", version: a }), "RESOURCE_NAME_INVALID");
    await refusal(add({ source: "tenants/other/models/a/versions/1.0.0", version: a }), "TENANT_FORBIDDEN");
    const wrong = await refusal(add({ source: a, dataset: "imdb", kind: DERIVED_FROM }), "REQUEST_INVALID");
    expect(wrong.message).to.contain("only TRAINED_ON and EVALUATED_ON take a dataset");
    expect(wrong.fields[0]?.field).to.equal("relation.dataset");
    await refusal(add({ source: a, dataset: "a\nb" }), "REQUEST_INVALID");
    await refusal(add({ source: a, dataset: "imdb", artifact: "artifacts/short" }), "RESOURCE_NAME_INVALID");
    await refusal(remove({ source: a, version: b }), "RELATION_NOT_FOUND");
    await alice.versions.deleteVersion({ name: b });
    await refusal(add({ source: a, version: b }), "VERSION_NOT_FOUND");
    await refusal(add({ source: b, version: a }), "VERSION_NOT_FOUND");
    const viewer = server.as({ role: "viewer" });
    await refusal(viewer.lineage.addRelation(relationOf({ source: a, dataset: "x" })), "ROLE_REQUIRED");
  });

  it("can be taken back of deleted versions", async () => {
    const [a = "", b = ""] = await some("gone", 2);
    await add({ source: b, version: a });
    await alice.versions.deleteVersion({ name: b });
    await remove({ source: b, version: a });
    expect((await lineageOf(alice, a)).edges).to.deep.equal([]);
  });

  it("are at most 100 of one version", async () => {
    const [a = ""] = await some("many", 1);
    for (let n = 0; n < 100; n += 1) await add({ source: a, dataset: `part ${n}` });
    const error = await refusal(add({ source: a, dataset: "one more" }), "TOO_MANY_RELATIONS");
    expect(error.message).to.contain(`${a} has 100 relations already`);
    await remove({ source: a, dataset: "part 7" });
    await add({ source: a, dataset: "one more" });
  });
});
