import type { Connection } from "@slipway/client";
import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import type { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";
import { oneFileArtifact } from "../support/one-file-artifact.ts";
import { sharedEngines } from "../support/shared-engines.ts";

/** Rings of versions that calls at the same moment try to close. */
const ROUNDS = 8;
const LENGTH = 4;

describe("Lineage on MongoDB", function () {
  this.timeout(180_000);
  const servers: ComposedServer[] = [];
  after(async () => {
    for (const server of servers) await server.stop();
  });

  it("is never closed to a circle by calls that meet on two servers", async () => {
    const environment = sharedEngines();
    const connections: Connection[] = [];
    for (const _ of [1, 2]) {
      const server = await startComposed({ environment, settings: { open: true } });
      servers.push(server);
      connections.push(server.connect());
    }
    const [one, other] = connections as [Connection, Connection];
    const parent = "models/ring";
    await one.models.createModel({ model: { name: parent } });
    const artifact = await oneFileArtifact(one, "a model");
    for (let round = 0; round < ROUNDS; round += 1) {
      const names: string[] = [];
      for (let n = 0; n < LENGTH; n += 1) {
        names.push((await one.versions.createVersion({ parent, artifact })).version?.name ?? "");
      }
      const calls = names.map((source, n) => {
        const { lineage } = n % 2 === 0 ? one : other;
        const target = { case: "version" as const, value: names[(n + 1) % LENGTH] ?? "" };
        return lineage.addRelation({ relation: { source, kind: RelationKind.DERIVED_FROM, target } });
      });
      const outcomes = await Promise.allSettled(calls);
      const refused = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason as RpcError] : []));
      expect(refused.map(({ reason }) => reason)).to.deep.equal(["LINEAGE_CYCLE"]);
      const { lineage } = await other.lineage.getLineage({ root: { case: "version", value: names[0] ?? "" } });
      expect(lineage?.edges.length).to.equal(LENGTH - 1);
    }
  });
});
