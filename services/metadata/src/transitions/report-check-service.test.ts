import { CheckState, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, service, startMetadata } from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";

const { PASSED, FAILED } = CheckState;

describe("ReportCheck", () => {
  let server: MetadataServer;
  let alice: Clients;
  let ci: Clients;
  let versions: Versions;
  let stages: Stages;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    ci = server.as({ principal: "serviceAccounts/ci" });
    versions = new Versions(server);
    stages = new Stages(server);
  });
  after(() => server.close());

  /** A transition that waits for the checks smoke, of ci alone, and load, of anybody, and then for a person. */
  async function waiting(model: string) {
    const parent = await versions.model(model);
    await stages.policy(parent, [
      {
        from: "development",
        to: "testing",
        checks: [{ name: "smoke", reporters: ["serviceAccounts/ci"] }, { name: "load" }],
        approvals: { count: 1 },
      },
      { from: "testing", to: "production" },
      { from: "production", to: "archived" },
    ]);
    const version = await versions.publish(parent);
    return { parent, version, name: (await stages.request(version.name, "testing")).name };
  }

  it("lets it go on with the last check that passed, and then to persons", async () => {
    const { name } = await waiting("passed");
    const first = await ci.stages.reportCheck({ name, check: "smoke", state: PASSED, url: "https://ci.example/1" });
    expect(first.transition?.state).to.equal(TransitionState.PENDING_CHECKS);
    expect(first.transition?.checks.map(({ check, state }) => [check, state])).to.deep.equal([
      ["smoke", PASSED],
      ["load", CheckState.PENDING],
    ]);
    const bob = server.as({ principal: "users/bob", role: "reviewer" });
    const early = await refusal(bob.stages.approveTransition({ name }), "TRANSITION_NOT_PENDING_APPROVAL");
    expect(early.message).to.contain("waits for checks first: load.");
    const second = await alice.stages.reportCheck({ name, check: "load", state: PASSED });
    expect(second.transition?.state).to.equal(TransitionState.PENDING_APPROVAL);
    expect((await bob.stages.approveTransition({ name })).transition?.state).to.equal(TransitionState.APPLIED);
  });

  it("ends it with a check that failed, and says why", async () => {
    const { name, version } = await waiting("failed");
    const report = { name, check: "load", state: FAILED, message: "p99 is 2 s" };
    const { transition } = await alice.stages.reportCheck(report);
    expect(transition).to.deep.include({
      state: TransitionState.FAILED,
      endReason: "The check load failed: p99 is 2 s",
      endedBy: "users/alice",
    });
    expect((await alice.stages.reportCheck(report)).transition, "the same again changes nothing").to.deep.equal(
      transition,
    );
    const late = alice.stages.reportCheck({ ...report, state: PASSED });
    expect((await refusal(late, "TRANSITION_ENDED")).message).to.contain("is FAILED");
    expect(await stages.stageOf(version.name)).to.equal("development");
  });

  it("takes the last report of a check, while it waits", async () => {
    const { name } = await waiting("last");
    await ci.stages.reportCheck({ name, check: "smoke", state: PASSED, message: "first" });
    const { transition } = await ci.stages.reportCheck({ name, check: "smoke", state: PASSED, message: "second" });
    expect(transition?.checks[0]?.message).to.equal("second");
  });

  it("is for the reporters that the policy names; a workflow has a name of its own", async () => {
    const { name } = await waiting("reporters");
    const error = await refusal(
      alice.stages.reportCheck({ name, check: "smoke", state: PASSED }),
      "REPORTER_NOT_ALLOWED",
    );
    expect(error.code).to.equal("PERMISSION_DENIED");
    expect(error.message).to.equal(
      `users/alice cannot report the check "smoke" of ${name}: the policy leaves that to serviceAccounts/ci.`,
    );
    const workflow = server.as({ ...service, principal: "serviceAccounts/ci" });
    await refusal(workflow.stages.reportCheck({ name, check: "smoke", state: PASSED }), "REPORTER_NOT_ALLOWED");
    const { transition } = await workflow.stages.reportCheck({ name, check: "load", state: PASSED });
    expect(transition?.checks[1]?.reporter).to.equal("serviceAccounts/slipway");
  });

  it("refuses checks and states that there are not", async () => {
    const { name } = await waiting("unknown");
    const error = await refusal(alice.stages.reportCheck({ name, check: "moon", state: PASSED }), "CHECK_NOT_FOUND");
    expect(error.message).to.equal(`${name} needs no check "moon". Those that it needs: smoke, load.`);
    const pending = alice.stages.reportCheck({ name, check: "load", state: CheckState.PENDING });
    await refusal(pending, "REQUEST_INVALID");
    const url = "javascript:alert(1)";
    await refusal(alice.stages.reportCheck({ name, check: "load", state: PASSED, url }), "REQUEST_INVALID");
  });

  it("asks for the checks of the policy of now", async () => {
    const { parent, name } = await waiting("changed");
    await stages.policy(parent, [
      { from: "development", to: "testing", checks: [{ name: "load" }] },
      { from: "testing", to: "production" },
      { from: "production", to: "archived" },
    ]);
    await refusal(ci.stages.reportCheck({ name, check: "smoke", state: PASSED }), "CHECK_NOT_FOUND");
    const { transition } = await alice.stages.reportCheck({ name, check: "load", state: PASSED });
    expect(transition?.state).to.equal(TransitionState.APPLIED);
  });
});
