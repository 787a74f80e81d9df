import { fileURLToPath } from "node:url";
import { type Connection, connect } from "@slipway/client";
import type { AcrossTenants } from "@slipway/documents";
import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { withEngines } from "../support/with-engines.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const PARENT = "models/nightly";
const named = (number: string) => `${PARENT}/versions/${number}`;

/** What the purge of 1.0.2 comes by: the relations of it and of 1.0.1, the evaluations, the end. */
const DEATHS = [1, 2, 3, 4];

describe("kill -9 of the server while retention purges a version", function () {
  this.timeout(120_000);

  /** Four versions: 1.0.1 came from 1.0.0, 1.0.2 from 1.0.1; 1.0.2 is evaluated and was in production. */
  async function prepare(
    server: SlipwayProcess,
    { evaluations, lineage, stages, versions }: Connection,
  ): Promise<void> {
    await server.json(["push", IRIS, "-m", "nightly"]);
    const artifact = (await versions.getVersion({ name: named("1.0.0") })).version?.artifact ?? "";
    for (let version = 1; version < 4; version += 1) await versions.createVersion({ parent: PARENT, artifact });
    await until("all are published", async () => {
      const found = (await versions.listVersions({ parent: PARENT, filter: "state = PUBLISHED" })).versions;
      return found.length === 4;
    });
    for (const [source, target] of [
      ["1.0.1", "1.0.0"],
      ["1.0.2", "1.0.1"],
    ] as const) {
      const version = { case: "version" as const, value: named(target) };
      await lineage.addRelation({
        relation: { source: named(source), kind: RelationKind.FINE_TUNED_FROM, target: version },
      });
    }
    const form = { case: "metrics" as const, value: { values: { f1: 0.5 } } };
    for (const number of ["1.0.2", "1.0.3"]) {
      await evaluations.recordEvaluation({ parent: named(number), dataset: "test", measured: { form } });
    }
    for (const toStage of ["testing", "production", "archived"]) {
      await stages.requestTransition({ version: named("1.0.2"), toStage });
    }
  }

  /** Has the deleted versions purged at once. */
  const purgeDeleted = ({ models }: Connection) => {
    const retention = { keepLast: 100, keepStages: ["production"], graceDays: 0 };
    return models.updateModel({ model: { name: PARENT, retention }, updateMask: { paths: ["retention"] } });
  };
  const numbersOf = async ({ versions }: Connection) =>
    (await versions.listVersions({ parent: PARENT, showDeleted: true })).versions.map(({ number }) => number);

  const collectionOf = async (acrossTenants: AcrossTenants, collection: string) =>
    (await acrossTenants.query({ collection, limit: 1000 })).documents;

  for (const death of DEATHS) {
    it(`removes nothing by halves (death ${death})`, async () => {
      let server = await SlipwayProcess.start();
      let connection = connect({ url: server.url });
      const { home } = server;
      const restart = async (env: Record<string, string>) => {
        connection.close();
        await server.stop();
        server = await SlipwayProcess.start({ home, env });
        connection = connect({ url: server.url });
      };
      try {
        await prepare(server, connection);
        const { version } = await connection.versions.getVersion({ name: named("1.0.2") });
        const uid = version?.uid ?? "";
        const { entries } = await connection.stages.listStageEntries({ parent: PARENT });
        // Purged first, 1.0.1 stays in the lineage, since 1.0.2 came from it.
        await connection.versions.deleteVersion({ name: named("1.0.1") });
        await purgeDeleted(connection);
        await until("the first is purged", async () => !(await numbersOf(connection)).includes("1.0.1"));
        await connection.models.updateModel({ model: { name: PARENT }, updateMask: { paths: ["retention"] } });
        await connection.versions.deleteVersion({ name: named("1.0.2") });

        await restart({ SLIPWAY_FAULT_POINT: `metadata.version.purged:${death}` });
        await purgeDeleted(connection).catch((error: unknown) => {
          if (!(error instanceof RpcError && error.code === "UNAVAILABLE")) throw error;
        });
        await server.ended;
        expect(server.child.signalCode, server.log()).to.equal("SIGKILL");
        await restart({});

        expect(await numbersOf(connection)).to.deep.equal(["1.0.0", "1.0.3"]);
        const told = await until("everything is told of", async () => {
          const types = ["slipway.version.purged", "slipway.relation.removed"];
          const { events } = await connection.events.metadata.listEvents({ types, pageSize: 1000 });
          return events.length >= 4 ? events.map(({ type, subject }) => `${type} ${subject.split("/").at(-1)}`) : false;
        });
        expect(told.filter((each) => each.startsWith("slipway.version"))).to.deep.equal([
          "slipway.version.purged 1.0.1",
          "slipway.version.purged 1.0.2",
        ]);
        expect(told).to.have.length(4);
        const after = (await connection.stages.listStageEntries({ parent: PARENT })).entries;
        expect(after.map(({ version: name, stage }) => `${name} ${stage}`)).to.deep.equal(
          entries.map(({ version: name, stage }) => `${name} ${stage}`),
        );
        expect(after.filter(({ purged }) => purged).length).to.equal(5);
        const root = { case: "version" as const, value: named("1.0.0") };
        await until("nothing is left of the lineage", async () => {
          const { lineage } = await connection.lineage.getLineage({ root });
          return lineage?.nodes.length === 1;
        });
        await until("the evaluations are removed", async () => {
          let left = 1;
          await withEngines({ SLIPWAY_HOME: home }, async ({ metadata }) => {
            left = (await collectionOf(metadata.acrossTenants, "purge-remainders")).length;
          });
          return left === 0;
        });
        expect(await server.stop(), server.log()).to.equal(0);
        await withEngines({ SLIPWAY_HOME: home }, async ({ metadata: { acrossTenants } }) => {
          expect(await collectionOf(acrossTenants, "relations")).to.deep.equal([]);
          const evaluations = await collectionOf(acrossTenants, "evaluations");
          expect(evaluations.map(({ body }) => body.versionUid))
            .to.have.length(1)
            .and.not.include(uid);
          const retired = (await collectionOf(acrossTenants, "retired-numbers")).map(({ body }) => body.number);
          expect(retired).to.have.members(["1.0.1", "1.0.2"]);
        });
      } finally {
        connection.close();
        await server.remove();
      }
    });
  }
});
