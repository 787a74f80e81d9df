import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { CommitConflict } from "@slipway/resources";
import { expect } from "chai";
import { ChangeStore } from "../changes/change-store.ts";
import { KeyedQueue } from "../changes/keyed-queue.ts";
import { ModelStore } from "../models/model-store.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { acme, type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { VersionStore } from "../versions/version-store.ts";
import { StageEntryStore } from "./stage-entry-store.ts";
import { StageWorker } from "./stage-worker.ts";
import { TransitionStore } from "./transition-store.ts";

describe("StageWorker", () => {
  let server: MetadataServer;
  before(async () => {
    server = await startMetadata();
  });
  after(() => server.close());

  it("plans nothing for a version that somebody moved since the model was read", async () => {
    const { documents, clock, ids } = server;
    const models = new ModelStore(documents);
    const versions = new VersionStore(documents, models);
    const changes = new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() });
    const stages = new StageWorker({
      policies: new PolicyStore(documents, () => clock.nowMs()),
      versions,
      entries: new StageEntryStore(documents),
      transitions: new TransitionStore(documents, models),
      changes,
    });
    const parent = await new Versions(server).publish(await new Versions(server).model("moved"));
    const before = await versions.find(acme.tenantUid, "moved", parent.number);
    await new Stages(server).toProduction(parent.name);
    const after = await versions.find(acme.tenantUid, "moved", parent.number);
    const plan = async (found: typeof before) => {
      if (before === undefined || found?.version === undefined) throw new Error("it is there");
      const reason = { cause: StageEntryCause.TRANSITION, transition: "", principal: acme.principal };
      const move = { version: found.version, to: "archived", reason, because: "" };
      return (await stages.plan(acme, before.model, [move]).catch((error: unknown) => error)) as object;
    };
    expect(await plan(before)).to.have.property("writes");
    expect(await plan(after)).to.be.instanceOf(CommitConflict);
  });
});
