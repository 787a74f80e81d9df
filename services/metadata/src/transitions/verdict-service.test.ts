import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  service,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";

const ONWARD = [
  { from: "testing", to: "production" },
  { from: "production", to: "archived" },
];

describe("verdicts on transitions", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  let stages: Stages;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
    stages = new Stages(server);
    await server.principal({ name: "users/alice" });
    await server.principal({ name: "users/bob" });
    await server.principal({ name: "serviceAccounts/bobs", owner: "users/bob" });
    await server.principal({ name: "serviceAccounts/alices", owner: "users/alice" });
  });
  after(() => server.close());

  const reviewer = (principal: string) => server.as({ principal, role: "reviewer" }).stages;

  /** A transition that waits for so many persons. */
  async function waiting(model: string, count = 1, by = alice) {
    const parent = await versions.model(model);
    await stages.policy(parent, [{ from: "development", to: "testing", approvals: { count } }, ...ONWARD]);
    const version = await versions.publish(parent);
    const transition = await stages.request(version.name, "testing", "", by);
    expect(transition).to.deep.include({ state: TransitionState.PENDING_APPROVAL, approvalsNeeded: count });
    return { parent, version, name: transition.name, uid: transition.uid, etag: transition.etag };
  }

  it("apply it with the last approval that it needs", async () => {
    const { name, uid, version } = await waiting("approved", 2);
    const first = await reviewer("users/bob").approveTransition({ name, comment: "looks good" });
    expect(first.transition?.state).to.equal(TransitionState.PENDING_APPROVAL);
    expect(await stages.stageOf(version.name)).to.equal("development");
    const { transition } = await reviewer("users/carol").approveTransition({ name });
    expect(transition).to.deep.include({ state: TransitionState.APPLIED, endedBy: "users/carol" });
    expect(
      transition?.verdicts.map(({ principal, approved, comment }) => [principal, approved, comment]),
    ).to.deep.equal([
      ["users/bob", true, "looks good"],
      ["users/carol", true, ""],
    ]);
    expect(await stages.stageOf(version.name)).to.equal("testing");
    expect((await eventsOf(alice, uid, 4)).map(({ type }) => type.split(".").at(-1))).to.deep.equal([
      "requested",
      "approved",
      "approved",
      "applied",
    ]);
  });

  it("count each person once, also under two keys and a service account", async () => {
    const { name } = await waiting("once", 2);
    await reviewer("users/bob").approveTransition({ name });
    await reviewer("users/bob").approveTransition({ name, comment: "again" });
    const { transition } = await reviewer("serviceAccounts/bobs").approveTransition({ name });
    expect(transition?.state).to.equal(TransitionState.PENDING_APPROVAL);
    expect(transition?.verdicts.map(({ principal, person }) => [principal, person])).to.deep.equal([
      ["serviceAccounts/bobs", "users/bob"],
    ]);
  });

  it("end it where somebody refuses", async () => {
    const { name, version } = await waiting("rejected", 2);
    await reviewer("users/bob").approveTransition({ name });
    const { transition } = await reviewer("users/bob").rejectTransition({ name, comment: "a leak in the data" });
    expect(transition).to.deep.include({
      state: TransitionState.REJECTED,
      endedBy: "users/bob",
      endReason: "a leak in the data",
    });
    expect(await stages.stageOf(version.name)).to.equal("development");
    const error = await refusal(reviewer("users/carol").approveTransition({ name }), "TRANSITION_ENDED");
    expect(error.message).to.equal(`${name} is REJECTED and changes no more. Request another one.`);
    expect(error.code).to.equal("FAILED_PRECONDITION");
  });

  it("are not for who made the version, requested it, owns such an account, is no reviewer, or is no person", async () => {
    const { name } = await waiting("own");
    const approve = (principal: string, role: "contributor" | "reviewer" = "reviewer", more = {}) =>
      refusal(server.as({ principal, role, ...more }).stages.approveTransition({ name }), "APPROVER_NOT_ALLOWED");
    const creator = await approve("users/alice");
    expect(creator.code).to.equal("PERMISSION_DENIED");
    expect(creator.message).to.contain("it made the version. Ask somebody else.");
    const account = await approve("serviceAccounts/alices");
    expect(account.message).to.contain("it made the version as the service account of users/alice");
    const role = await approve("users/bob", "contributor");
    expect(role.message).to.contain("the policy asks for the role reviewer, and its key has contributor");
    expect((await approve("users/bob", "reviewer", { service: true })).message).to.contain("a workflow is no person");

    const byBob = await waiting("requested-by-bob", 1, server.as({ principal: "serviceAccounts/bobs" }));
    const bob = reviewer("users/bob");
    const requester = await refusal(bob.approveTransition({ name: byBob.name }), "APPROVER_NOT_ALLOWED");
    expect(requester.message).to.contain("users/bob cannot decide");
    expect(requester.message).to.contain("it requested the transition");
    await refusal(bob.rejectTransition({ name: byBob.name }), "APPROVER_NOT_ALLOWED");
  });

  it("heed the etag and the name, and give their reply again", async () => {
    const { parent, name, etag } = await waiting("etags");
    await refusal(reviewer("users/bob").approveTransition({ name, etag: "stale" }), "ETAG_MISMATCH");
    const nobody = `${parent}/transitions/00000000-0000-7000-8000-00000000dead`;
    const error = await refusal(reviewer("users/bob").approveTransition({ name: nobody }), "TRANSITION_NOT_FOUND");
    expect(error.code).to.equal("NOT_FOUND");
    await refusal(alice.stages.getTransition({ name: nobody }), "TRANSITION_NOT_FOUND");
    await refusal(alice.stages.getTransition({ name: name.replace("etags", "own") }), "TRANSITION_NOT_FOUND");
    const request = { name, etag, requestId: "00000000-0000-4000-8000-000000000009" };
    const first = await reviewer("users/bob").approveTransition(request);
    expect(first.transition?.state).to.equal(TransitionState.APPLIED);
    expect(await reviewer("users/bob").approveTransition(request)).to.deep.equal(first);
  });

  it("cancel it: who requested it, and administrators", async () => {
    const { name, version } = await waiting("cancelled");
    const error = await refusal(reviewer("users/bob").cancelTransition({ name }), "CANCEL_NOT_ALLOWED");
    expect(error.code).to.equal("PERMISSION_DENIED");
    expect(error.message).to.contain("only users/alice, who requested it, and administrators can");
    const { transition } = await server
      .as({ principal: "serviceAccounts/alices" })
      .stages.cancelTransition({ name, comment: "a mistake" });
    expect(transition).to.deep.include({ state: TransitionState.CANCELLED, endReason: "a mistake" });
    await refusal(alice.stages.cancelTransition({ name }), "TRANSITION_ENDED");
    const again = await stages.request(version.name, "testing");
    const root = server.as({ principal: "users/root", role: "admin" });
    await refusal(server.as(service).stages.cancelTransition({ name: again.name }), "CANCEL_NOT_ALLOWED");
    expect((await root.stages.cancelTransition({ name: again.name })).transition?.endedBy).to.equal("users/root");
  });

  it("judge by the policy of now", async () => {
    const { parent, name } = await waiting("policy", 2);
    await reviewer("users/bob").approveTransition({ name });
    await stages.policy(parent, [{ from: "development", to: "testing", approvals: { count: 3 } }, ...ONWARD]);
    const { transition } = await reviewer("users/carol").approveTransition({ name });
    expect(transition).to.deep.include({ state: TransitionState.PENDING_APPROVAL, approvalsNeeded: 3 });
    await stages.policy(parent, [
      { from: "development", to: "testing", gates: [{ name: "never", expression: "false" }] },
      ...ONWARD,
    ]);
    const judged = await reviewer("users/dora").approveTransition({ name });
    expect(judged.transition?.state).to.equal(TransitionState.FAILED);
    expect(judged.transition?.endReason).to.contain('The gate "never" does not hold');
  });

  it("fail it where the way is gone, or the version", async () => {
    const { parent, name } = await waiting("gone-way");
    await stages.policy(parent, [
      { from: "development", to: "production" },
      { from: "production", to: "testing" },
      { from: "production", to: "archived" },
    ]);
    const { transition } = await reviewer("users/bob").approveTransition({ name });
    expect(transition?.state).to.equal(TransitionState.FAILED);
    expect(transition?.endReason).to.equal("The policy has no way from development to testing any more.");

    const second = await waiting("gone-version");
    await alice.versions.deleteVersion({ name: second.version.name });
    const read = await alice.stages.getTransition({ name: second.name });
    expect(read.transition).to.deep.include({ state: TransitionState.FAILED, endReason: "The version was deleted." });
  });

  it("fail it where another version is in the exclusive stage than it expected", async () => {
    const parent = await versions.model("expected");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    const edges = [
      { from: "development", to: "testing" },
      { from: "production", to: "archived" },
    ];
    await stages.policy(parent, [...edges, { from: "testing", to: "production", approvals: { count: 1 } }]);
    for (const { name } of [first, second]) await stages.request(name, "testing");
    const one = await stages.request(first.name, "production", "-");
    const two = await stages.request(second.name, "production", "-");
    expect(two.expectedIncumbent).to.equal("-");
    await reviewer("users/bob").approveTransition({ name: one.name });
    const { transition } = await reviewer("users/bob").approveTransition({ name: two.name });
    expect(transition).to.deep.include({
      state: TransitionState.FAILED,
      endReason: "1.0.0 is in production, not nothing as was expected.",
    });
  });
});

describe("transitions that wait too long", () => {
  it("expire, each once, and stand in nobody's way", async () => {
    const server = await startMetadata();
    try {
      const [versions, stages] = [new Versions(server), new Stages(server)];
      const parent = await versions.model("lapsed");
      await stages.policy(parent, [{ from: "development", to: "testing", approvals: { count: 1 } }, ...ONWARD], {
        expiry: { seconds: 60n },
      });
      const version = await versions.publish(parent);
      const { name, uid } = await stages.request(version.name, "testing");
      server.clock.advance(60_001);
      const bob = server.as({ principal: "users/bob", role: "reviewer" });
      const error = await refusal(bob.stages.approveTransition({ name }), "TRANSITION_ENDED");
      expect(error.message).to.contain("is EXPIRED");
      await stages.request(version.name, "testing");
      const { transition } = await bob.stages.getTransition({ name });
      expect(transition).to.deep.include({ state: TransitionState.EXPIRED, endedBy: "" });
      const events = await eventsOf(bob, uid, 2);
      expect(events.at(-1)).to.deep.include({ type: "slipway.transition.expired", actor: "serviceAccounts/slipway" });
    } finally {
      await server.close();
    }
  });
});
