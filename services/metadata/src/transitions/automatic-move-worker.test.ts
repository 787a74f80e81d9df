import { TransitionCause, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { given } from "../evaluations/testing/measured.test.ts";
import { type Clients, eventsOf, type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { automaticUid } from "./automatic-move.ts";

const GOOD_ENOUGH = { name: "good enough", expression: "version.metrics.f1 >= 0.8" };
const ONWARD = [
  { from: "testing", to: "production" },
  { from: "production", to: "archived" },
];

describe("automatic moves", () => {
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

  /** Records what a version scores. */
  async function score(parent: string, f1: number): Promise<string> {
    const { evaluation } = await alice.evaluations.recordEvaluation({
      parent,
      dataset: "test",
      measured: given({ f1 }),
    });
    return evaluation?.uid ?? "";
  }

  const transitionsOf = async (parent: string) =>
    (await alice.stages.listTransitions({ parent, filter: "cause = EVALUATION" })).transitions;

  it("take a version on once its gates hold, and not before", async () => {
    const parent = await versions.model("automatic");
    await stages.policy(parent, [
      { from: "development", to: "testing", automatic: true, gates: [GOOD_ENOUGH] },
      ...ONWARD,
    ]);
    const version = await versions.publish(parent);
    const first = await score(version.name, 0.7);
    const other = await versions.publish(parent);
    await score(other.name, 0.85);
    await until("another version was moved", async () => (await stages.stageOf(other.name)) === "testing");
    expect(await stages.stageOf(version.name)).to.equal("development");
    const second = await score(version.name, 0.9);
    await until("the version was moved", async () => (await stages.stageOf(version.name)) === "testing");
    const filter = `cause = EVALUATION AND version = "${version.number}"`;
    const [transition, ...more] = (await alice.stages.listTransitions({ parent, filter })).transitions;
    expect(more).to.deep.equal([]);
    expect(transition).to.deep.include({
      state: TransitionState.APPLIED,
      cause: TransitionCause.EVALUATION,
      requester: "users/alice",
      toStage: "testing",
    });
    // The first event may be looked at when the second evaluation is there already.
    const uid = transition?.uid ?? "";
    expect([first, second].map(automaticUid)).to.include(uid);
    const events = await eventsOf(alice, uid, 2);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "slipway.transition.requested",
      "slipway.transition.applied",
    ]);
  });

  it("wait for what else the way asks for", async () => {
    const parent = await versions.model("waiting");
    const approvals = { count: 1 };
    const edge = { from: "development", to: "testing", automatic: true, gates: [GOOD_ENOUGH], approvals };
    await stages.policy(parent, [edge, ...ONWARD]);
    const version = await versions.publish(parent);
    await score(version.name, 0.9);
    const [transition] = await until("it is asked for", async () => {
      const found = await transitionsOf(parent);
      return found.length > 0 && found;
    });
    expect(transition?.state).to.equal(TransitionState.PENDING_APPROVAL);
    await score(version.name, 0.95);
    const bob = server.as({ principal: "users/bob", role: "reviewer" });
    await bob.stages.approveTransition({ name: transition?.name ?? "" });
    expect(await stages.stageOf(version.name)).to.equal("testing");
    expect(await transitionsOf(parent)).to.have.length(1);
  });

  it("happen once on two instances", async () => {
    const other = await startMetadata(server);
    try {
      const parent = await versions.model("twice");
      await stages.policy(parent, [
        { from: "development", to: "testing", automatic: true, gates: [GOOD_ENOUGH] },
        {
          from: "testing",
          to: "production",
          automatic: true,
          gates: [{ name: "best", expression: "version.metrics.f1 > 0.99" }],
        },
        { from: "production", to: "archived" },
      ]);
      const version = await versions.publish(parent);
      const first = await score(version.name, 0.995);
      await until("the version was moved", async () => (await stages.stageOf(version.name)) === "testing");
      const second = await score(version.name, 0.996);
      await until("the version was moved again", async () => (await stages.stageOf(version.name)) === "production");
      const uids = (await transitionsOf(parent)).map(({ uid }) => uid);
      expect(uids).to.deep.equal([first, second].map(automaticUid));
    } finally {
      await other.close();
    }
  });
});
