import type { Connection } from "@slipway/client";
import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";
import { oneFileArtifact } from "../support/one-file-artifact.ts";
import { sharedEngines } from "../support/shared-engines.ts";

describe("Retention on MongoDB", function () {
  this.timeout(120_000);
  let server: ComposedServer;
  let connection: Connection;
  before(async () => {
    server = await startComposed({ environment: sharedEngines(), settings: { open: true } });
    connection = server.connect();
  });
  after(() => server?.stop());

  it("deletes and purges what nothing keeps, releases its artifact, and keeps its number taken", async () => {
    const { artifacts, lineage, models, reviews, stages, versions } = connection;
    const name = "models/kept";
    await models.createModel({ model: { name } });
    const files: string[] = [];
    for (const number of ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]) {
      const artifact = await oneFileArtifact(connection, number);
      files.push(artifact);
      const labels = number === "1.0.1" ? ["pinned"] : [];
      await versions.createVersion({ parent: name, artifact, labels, numbering: { case: "number", value: number } });
    }
    const found = await until("all are published", async () => {
      const { versions: all } = await versions.listVersions({ parent: name });
      return all.every(({ state }) => state === VersionState.PUBLISHED) && all;
    });
    expect(found.length).to.equal(4);
    const target = { case: "version" as const, value: `${name}/versions/1.0.0` };
    const relation = { source: `${name}/versions/1.0.3`, kind: RelationKind.DERIVED_FROM, target };
    await lineage.addRelation({ relation });

    const retention = { keepLast: 1, keepStages: ["production"], graceDays: 0 };
    const { decisions } = await models.previewRetention({ name, policy: retention });
    expect(decisions.map(({ reasons }) => reasons.map(({ detail }) => detail).join(", "))).to.deep.equal([
      "latest, among the last 1",
      "",
      "label pinned",
      "",
    ]);
    await models.updateModel({ model: { name, retention }, updateMask: { paths: ["retention"] } });
    await until("two are purged", async () => {
      const { versions: left } = await versions.listVersions({ parent: name, showDeleted: true });
      return left.length === 2;
    });
    for (const [index, artifact] of files.entries()) {
      const isGone = index === 0 || index === 2;
      const isReleased = async () =>
        (await artifacts.getArtifact({ name: artifact })).artifact?.expireTime !== undefined;
      if (isGone) await until(`artifact ${index} is released`, isReleased);
      else expect(await isReleased(), `artifact ${index}`).to.equal(false);
    }
    const { entries } = await stages.listStageEntries({ parent: name });
    const purged = entries.filter((entry) => entry.purged).map(({ version }) => version);
    expect(purged).to.have.members(["1.0.0", "1.0.2"].map((number) => `${name}/versions/${number}`));
    const time = entries.at(-1)?.enterTime;
    const there = await stages.getStageAt({ model: name, stage: "development", ...(time && { time }) });
    expect(there.versions).to.have.length(4);
    expect(there.purgedVersions).to.have.members(purged);
    expect((await reviews.listReviews({ version: `${name}/versions/1.0.0` })).reviews).to.deep.equal([]);
    const numbering = { case: "number" as const, value: "1.0.2" };
    const refused = await versions
      .createVersion({ parent: name, artifact: files[3] ?? "", numbering })
      .catch((error: RpcError) => error.reason);
    expect(refused).to.equal("VERSION_NUMBER_TAKEN");
    const root = { case: "version" as const, value: relation.source };
    const nodes = (await lineage.getLineage({ root })).lineage?.nodes ?? [];
    expect(nodes.map(({ node }) => node.case === "version" && node.value.purged)).to.deep.equal([false, true]);
  });
});
