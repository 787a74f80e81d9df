import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect } from "@slipway/client";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { writeNewModel } from "../support/push-and-pull.ts";
import { sharedEngines } from "../support/shared-engines.ts";
import { SlipwayProcess } from "../support/slipway-process.ts";

const REQUESTERS = 32;

describe("two servers on one MongoDB whose people want the same stage", function () {
  this.timeout(240_000);
  const servers: SlipwayProcess[] = [];
  const connections: Connection[] = [];
  let work: string;

  before(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-contention-"));
    const env = sharedEngines();
    for (const server of await Promise.all([SlipwayProcess.start({ env }), SlipwayProcess.start({ env })])) {
      servers.push(server);
      connections.push(connect({ url: server.url }));
    }
  });
  after(async () => {
    for (const connection of connections) connection.close();
    for (const server of servers) await server.remove();
    await rm(work, { recursive: true, force: true });
  });

  it(`lets one of ${REQUESTERS} win, and names it to the others`, async () => {
    const [one] = connections as [Connection];
    const [server] = servers as [SlipwayProcess];
    const parent = "models/contended";
    const { artifact } = await server.json<{ artifact: string }>([
      "push",
      await writeNewModel(work),
      "--model",
      "contended",
    ]);
    const incumbent = `${parent}/versions/1.0.0`;
    for (const toStage of ["testing", "production"])
      await one.stages.requestTransition({ version: incumbent, toStage });
    for (let made = 0; made < REQUESTERS; made += 1) {
      await one.versions.createVersion({ parent, artifact: `artifacts/${artifact}` });
    }
    const names = await until("all versions are published", async () => {
      const filter = `state = ${VersionState[VersionState.PUBLISHED]} AND stage = development`;
      const { versions } = await one.versions.listVersions({ parent, filter, pageSize: 100 });
      return versions.length === REQUESTERS && versions.map(({ name }) => name);
    });
    for (const version of names) await one.stages.requestTransition({ version, toStage: "testing" });

    const outcomes = await Promise.allSettled(
      names.map((version, index) => {
        const { stages } = connections[index % connections.length] as Connection;
        return stages.requestTransition({ version, toStage: "production", expectedIncumbent: "1.0.0" });
      }),
    );
    const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.transition] : []));
    expect(won.map((transition) => transition?.state)).to.deep.equal([TransitionState.APPLIED]);
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      const error = outcome.reason as RpcError;
      expect(error.reason, error.message).to.equal("STAGE_CONFLICT");
      expect(error.message).to.contain(`${won[0]?.version} is in production now, not 1.0.0`);
    }
    const { versions: there } = await one.stages.getStageAt({ model: parent, stage: "production" });
    expect(there).to.deep.equal([won[0]?.version]);
    const { entries } = await one.stages.listStageEntries({ parent, pageSize: 1000 });
    expect(entries.map(({ ordinal }) => Number(ordinal))).to.deep.equal(entries.map((_, index) => index + 1));
  });
});
