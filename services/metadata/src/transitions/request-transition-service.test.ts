import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { RpcError } from "@slipway/rpc";
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

const ALL_HOLD = { name: "always", expression: "true" };

describe("RequestTransition", () => {
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

  it("applies at once what needs nothing, and says so in events", async () => {
    const parent = await versions.model("at-once");
    const version = await versions.publish(parent);
    const transition = await stages.request(version.name, "testing");
    expect(transition).to.deep.include({
      version: version.name,
      versionUid: version.uid,
      fromStage: "development",
      toStage: "testing",
      state: TransitionState.APPLIED,
      requester: "users/alice",
      endedBy: "users/alice",
      endReason: "",
      displaced: "",
    });
    expect(transition.name).to.equal(`${parent}/transitions/${transition.uid}`);
    expect(await stages.stageOf(version.name)).to.equal("testing");
    const events = await eventsOf(alice, transition.uid, 2);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "slipway.transition.requested",
      "slipway.transition.applied",
    ]);
    expect(events[1]?.payload).to.deep.include({ state: "TRANSITION_STATE_APPLIED", toStage: "testing" });
    const read = await alice.stages.getTransition({ name: transition.name });
    expect(read.transition).to.deep.equal(transition);
    const { version: resolved } = await alice.versions.resolveVersion({ model: parent, selector: "testing" });
    expect(resolved?.uid).to.equal(version.uid);
  });

  it("displaces the incumbent of an exclusive stage in the same commit", async () => {
    const parent = await versions.model("displaced");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    await stages.toProduction(first.name);
    const transition = await stages.toProduction(second.name);
    expect(transition).to.deep.include({ displaced: first.name, displacedTo: "archived" });
    expect(await stages.stageOf(first.name)).to.equal("archived");
    const { versions: there } = await alice.stages.getStageAt({ model: parent, stage: "production" });
    expect(there).to.deep.equal([second.name]);
    const { entries } = await alice.stages.listStageEntries({ parent, filter: 'stage = "archived"' });
    expect(entries.map(({ version, cause, transition: by }) => ({ version, cause, by }))).to.deep.equal([
      { version: first.name, cause: StageEntryCause.DISPLACEMENT, by: transition.name },
    ]);
  });

  it("fails where a gate does not hold, with its values, and changes nothing else", async () => {
    const parent = await versions.model("gated");
    const version = await versions.publish(parent, { tags: { team: "core" } });
    const gates = [ALL_HOLD, { name: "team", expression: 'version.tags.team == "vision"' }];
    await stages.policy(parent, [
      { from: "development", to: "testing", gates },
      { from: "testing", to: "production" },
      { from: "production", to: "archived" },
    ]);
    const transition = await stages.request(version.name, "testing");
    expect(transition.state).to.equal(TransitionState.FAILED);
    expect(transition.gates.map(({ gate, passed }) => [gate, passed])).to.deep.equal([
      ["always", true],
      ["team", false],
    ]);
    expect(transition.endReason).to.match(/^The gate "team" does not hold: .*core/);
    expect(await stages.stageOf(version.name)).to.equal("development");
    const events = await eventsOf(alice, transition.uid, 2);
    expect(events.map(({ type }) => type).at(-1)).to.equal("slipway.transition.failed");
    const again = await stages.request(version.name, "testing");
    expect(again.uid, "it does not stand in the way").not.to.equal(transition.uid);
  });

  it("gives its reply again to the same request id", async () => {
    const version = await versions.publish(await versions.model("repeated"));
    const request = { version: version.name, toStage: "testing", requestId: "00000000-0000-4000-8000-000000000007" };
    const first = await alice.stages.requestTransition(request);
    expect(await alice.stages.requestTransition(request)).to.deep.equal(first);
  });

  describe("refuses", () => {
    let parent: string;
    let name: string;
    before(async () => {
      parent = await versions.model("refused");
      name = (await versions.publish(parent)).name;
    });

    it("versions that do not exist, are deleted, or are not published", async () => {
      await refusal(stages.request(`${parent}/versions/9.9.9`, "testing"), "VERSION_NOT_FOUND");
      await refusal(stages.request("models/nobody/versions/1.0.0", "testing"), "VERSION_NOT_FOUND");
      const validating = await versions.create(parent);
      const error = await refusal(stages.request(validating.name, "testing"), "VERSION_NOT_PUBLISHED");
      expect(error.code).to.equal("FAILED_PRECONDITION");
      expect(error.message).to.contain("is VALIDATING, and this works with published versions only");
      const deleted = await versions.publish(parent);
      await alice.versions.deleteVersion({ name: deleted.name });
      await refusal(stages.request(deleted.name, "testing"), "VERSION_NOT_FOUND");
    });

    it("stages that the policy does not have, with those that it has", async () => {
      const error = await refusal(stages.request(name, "moon"), "STAGE_UNKNOWN");
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.equal(
        'The policy of models/refused has no stage "moon". Use one of development, testing, production, archived.',
      );
      expect(error.fields.map(({ field }) => field)).to.deep.equal(["to_stage"]);
    });

    it("ways that the policy does not have, with those that it has", async () => {
      const error = await refusal(stages.request(name, "production"), "TRANSITION_NOT_ALLOWED");
      expect(error.message).to.contain("the policy leads from development to testing, archived only");
      const same = await refusal(stages.request(name, "development"), "TRANSITION_NOT_ALLOWED");
      expect(same.message).to.contain("it is there already");
    });

    it("an expected incumbent that is none, or where nothing is displaced", async () => {
      const error = await refusal(stages.request(name, "testing", "1.0.0"), "EXPECTED_INCUMBENT_INVALID");
      expect(error.message).to.contain("testing is not exclusive");
      const form = await refusal(stages.request(name, "production", "newest"), "EXPECTED_INCUMBENT_INVALID");
      expect(form.message).to.contain("it is no version number such as 1.2.0, and not - for none");
    });

    it("a second one while one waits, which it names", async () => {
      const waiting = await versions.publish(parent);
      await stages.policy(parent, [
        { from: "development", to: "testing", checks: [{ name: "smoke" }] },
        { from: "testing", to: "production" },
        { from: "production", to: "archived" },
      ]);
      const transition = await stages.request(waiting.name, "testing");
      expect(transition.state).to.equal(TransitionState.PENDING_CHECKS);
      const error = await refusal(stages.request(waiting.name, "testing"), "TRANSITION_PENDING");
      expect(error.message).to.contain(`waits already to enter testing (${transition.name})`);
    });

    it("viewers", async () => {
      await refusal(stages.request(name, "testing", "", server.as({ role: "viewer" })), "ROLE_REQUIRED");
    });
  });

  it("lets one of 32 requesters win who expect the same incumbent, on two instances, and names it to the others", async () => {
    const other = await startMetadata(server);
    try {
      const parent = await versions.model("contended");
      const incumbent = await versions.publish(parent);
      await stages.toProduction(incumbent.name);
      const names: string[] = [];
      for (let index = 0; index < 32; index += 1) {
        const { name } = await versions.publish(parent);
        await stages.request(name, "testing");
        names.push(name);
      }
      const clients = [alice, other.as()];
      const outcomes = await Promise.allSettled(
        names.map((name, index) => stages.request(name, "production", incumbent.number, clients[index % 2])),
      );
      const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(won.map(({ state }) => state)).to.deep.equal([TransitionState.APPLIED]);
      for (const outcome of outcomes) {
        if (outcome.status === "fulfilled") continue;
        const error = outcome.reason as RpcError;
        expect(error.reason, error.message).to.equal("STAGE_CONFLICT");
        expect(error.code).to.equal("ABORTED");
        expect(error.message).to.contain(`${won[0]?.version} is in production now, not ${incumbent.number}`);
      }
      const { versions: there } = await alice.stages.getStageAt({ model: parent, stage: "production" });
      expect(there).to.deep.equal([won[0]?.version]);
    } finally {
      await other.close();
    }
  });
});
