import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("the history of stages", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  let stages: Stages;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
    stages = new Stages(server);
  });
  after(() => server.close());

  const at = async (model: string, stage: string, timeMs?: number) => {
    const time = timeMs === undefined ? {} : { time: timestampFromMs(timeMs) };
    const found = await alice.stages.getStageAt({ model, stage, ...time });
    return found.versions.map((name) => name.split("/").at(-1));
  };

  /** Now, after a second has passed since whatever was done before. */
  const later = () => {
    server.clock.advance(1000);
    return server.clock.nowMs();
  };

  it("says what was in a stage at any time, also of versions that are deleted since", async () => {
    const parent = await versions.model("times");
    const before = server.clock.nowMs() - 1;
    const first = await versions.publish(parent);
    const published = later();
    await stages.toProduction(first.name);
    const promoted = later();
    const second = await versions.publish(parent);
    await stages.toProduction(second.name);
    const displaced = later();
    await alice.versions.deleteVersion({ name: second.name });
    const deleted = later();
    await alice.versions.undeleteVersion({ name: second.name });
    later();
    expect(await at(parent, "development", before)).to.deep.equal([]);
    expect(await at(parent, "development", published - 1)).to.deep.equal(["1.0.0"]);
    expect(await at(parent, "development", promoted - 1)).to.deep.equal([]);
    expect(await at(parent, "production", promoted - 1)).to.deep.equal(["1.0.0"]);
    expect(await at(parent, "production", promoted), "from the instant of the swap").to.deep.equal(["1.0.1"]);
    expect(await at(parent, "production", displaced - 1)).to.deep.equal(["1.0.1"]);
    expect(await at(parent, "archived", displaced - 1)).to.deep.equal(["1.0.0"]);
    expect(await at(parent, "production", deleted - 1)).to.deep.equal([]);
    expect(await at(parent, "production")).to.deep.equal(["1.0.1"]);
    expect(await at(parent, "moon")).to.deep.equal([]);
  });

  it("lists all stays in their order, with filters and pages", async () => {
    const parent = await versions.model("listed");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    for (const { name } of [first, second]) await stages.toProduction(name);
    const { entries } = await alice.stages.listStageEntries({ parent });
    const words = entries.map(({ version, stage, cause }) => [version.at(-1), stage, StageEntryCause[cause]]);
    expect(words).to.deep.equal([
      ["0", "development", "PUBLICATION"],
      ["1", "development", "PUBLICATION"],
      ["0", "testing", "TRANSITION"],
      ["0", "production", "TRANSITION"],
      ["1", "testing", "TRANSITION"],
      ["1", "production", "TRANSITION"],
      ["0", "archived", "DISPLACEMENT"],
    ]);
    expect(entries.map(({ ordinal }) => Number(ordinal))).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    const page = await alice.stages.listStageEntries({ parent, pageSize: 2, orderBy: "ordinal desc" });
    expect(page.entries.map(({ ordinal }) => Number(ordinal))).to.deep.equal([7, 6]);
    const next = { parent, pageSize: 2, orderBy: "ordinal desc", pageToken: page.nextPageToken };
    expect((await alice.stages.listStageEntries(next)).entries.map(({ ordinal }) => Number(ordinal))).to.deep.equal([
      5, 4,
    ]);
    const filter = 'stage = "production" AND version = "1.0.0"';
    expect((await alice.stages.listStageEntries({ parent, filter })).entries).to.have.length(1);
    await refusal(alice.stages.listStageEntries({ parent, filter: "moon = 1" }), "FILTER_INVALID");
    await refusal(alice.stages.listStageEntries({ parent, orderBy: "stage" }), "ORDER_BY_INVALID");
    await refusal(alice.stages.listStageEntries({ ...next, filter }), "PAGE_TOKEN_INVALID");
  });

  it("keeps its order when the clock goes backwards", async () => {
    const parent = await versions.model("backwards");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    server.clock.advance(10_000);
    await stages.toProduction(first.name);
    server.clock.advance(-60_000);
    await stages.toProduction(second.name);
    const { entries } = await alice.stages.listStageEntries({ parent });
    const times = entries.map(({ enterTime }) => (enterTime ? timestampMs(enterTime) : 0));
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(await at(parent, "production")).to.deep.equal(["1.0.1"]);
    server.clock.advance(60_000);
    expect(await at(parent, "production", server.clock.nowMs())).to.deep.equal(["1.0.1"]);
    expect((await alice.versions.resolveVersion({ model: parent, selector: "production" })).version?.number).to.equal(
      "1.0.1",
    );
  });

  it("is hidden with a deleted model, back with it, and gone with a purged one except for its events", async () => {
    const parent = await versions.model("purged");
    const version = await versions.publish(parent);
    const { name, uid } = await stages.request(version.name, "testing");
    await stages.policy(parent, [
      { from: "development", to: "testing" },
      { from: "testing", to: "production", approvals: { count: 1 } },
      { from: "production", to: "archived" },
    ]);
    await stages.request(version.name, "production");
    await alice.models.deleteModel({ name: parent });
    await refusal(at(parent, "testing"), "MODEL_NOT_FOUND");
    await refusal(alice.stages.listStageEntries({ parent }), "MODEL_NOT_FOUND");
    await refusal(alice.stages.listTransitions({ parent }), "MODEL_NOT_FOUND");
    await refusal(alice.stages.getTransition({ name }), "TRANSITION_NOT_FOUND");
    expect(
      (await alice.stages.listTransitions({ parent: "models/-" })).transitions.map((each) => each.uid),
    ).not.to.include(uid);
    await alice.models.undeleteModel({ name: parent });
    expect(await at(parent, "testing")).to.deep.equal(["1.0.0"]);
    await alice.models.deleteModel({ name: parent });
    await server.as({ role: "admin" }).models.purgeModel({ name: parent });
    await versions.model("purged");
    expect(await at(parent, "testing")).to.deep.equal([]);
    expect((await alice.stages.listTransitions({ parent })).transitions).to.deep.equal([]);
    expect(await eventsOf(alice, uid, 2)).to.have.length(2);
    for (const collection of ["transitions", "pending-transitions", "stage-entries"]) {
      const { documents } = await server.acrossTenants.query({ collection, limit: 1000 });
      expect(JSON.stringify(documents), collection).not.to.contain(version.uid).and.not.to.contain(uid);
    }
  });

  it("follows the new name of a renamed model", async () => {
    const parent = await versions.model("old-name");
    const version = await versions.publish(parent);
    const { uid } = await stages.request(version.name, "testing");
    await alice.models.renameModel({ name: parent, newName: "models/new-name" });
    const { transitions } = await alice.stages.listTransitions({ parent: "models/new-name" });
    expect(transitions.map(({ name, version: of }) => [name, of])).to.deep.equal([
      [`models/new-name/transitions/${uid}`, "models/new-name/versions/1.0.0"],
    ]);
    const { entries } = await alice.stages.listStageEntries({ parent: "models/new-name" });
    expect(entries.at(-1)).to.deep.include({
      version: "models/new-name/versions/1.0.0",
      transition: `models/new-name/transitions/${uid}`,
    });
  });

  it("gives an undeleted version whose place was taken the place of a displaced one", async () => {
    const parent = await versions.model("taken");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    await stages.toProduction(first.name);
    await alice.versions.deleteVersion({ name: first.name });
    await stages.toProduction(second.name);
    await alice.versions.undeleteVersion({ name: first.name });
    expect(await stages.stageOf(first.name)).to.equal("archived");
    expect(await at(parent, "production")).to.deep.equal(["1.0.1"]);
  });
});

describe("ListTransitions", () => {
  it("filters by every field, orders, and lists all models", async () => {
    const server = await startMetadata();
    try {
      const [alice, versions, stages] = [server.as(), new Versions(server), new Stages(server)];
      const parent = await versions.model("one");
      const version = await versions.publish(parent);
      await stages.toProduction(version.name);
      const other = await versions.publish(await versions.model("two"));
      server.clock.advance(1000);
      await stages.request(other.name, "testing");
      const count = async (filter: string, of = "models/-") =>
        (await alice.stages.listTransitions({ parent: of, filter })).transitions.length;
      expect(await count("")).to.equal(3);
      expect(await count("", parent)).to.equal(2);
      expect(await count('to_stage = "production"')).to.equal(1);
      expect(await count('from_stage = "development" AND version = "1.0.0"')).to.equal(2);
      expect(await count('state = "APPLIED" AND cause = "REQUEST" AND requester = "users/alice"')).to.equal(3);
      const time = new Date(server.clock.nowMs()).toISOString();
      expect(await count(`create_time >= "${time}"`)).to.equal(1);
      expect(await count(`end_time < "${time}"`)).to.equal(2);
      const { transitions } = await alice.stages.listTransitions({ parent, orderBy: "create_time desc" });
      expect(transitions.map(({ toStage }) => toStage)).to.deep.equal(["production", "testing"]);
      await refusal(alice.stages.listTransitions({ parent, filter: 'state = "MOON"' }), "FILTER_INVALID");
      await refusal(alice.stages.listTransitions({ parent, orderBy: "version" }), "ORDER_BY_INVALID");
      await refusal(alice.stages.listTransitions({ parent, pageToken: "x" }), "PAGE_TOKEN_INVALID");
      await refusal(alice.stages.listTransitions({ parent: "models/nobody" }), "MODEL_NOT_FOUND");
    } finally {
      await server.close();
    }
  });
});
