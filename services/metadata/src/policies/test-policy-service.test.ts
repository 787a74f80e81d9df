import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";

const { stages } = DEFAULT_POLICY;
const EDGES = DEFAULT_POLICY.edges.map(({ from, to }) => ({ from, to }));
/** The default edges, of which the one from testing to production asks for more. */
const edgesWith = (more: object) => EDGES.map((edge) => (edge.to === "production" ? { ...edge, ...more } : edge));
const gate = (expression: string) => ({ gates: [{ name: "quality", expression }] });

describe("TestStagePolicy", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  let moves: Stages;
  beforeEach(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
    moves = new Stages(server);
  });
  afterEach(() => server.close());

  const test = (more: object, name = "stagePolicy", transitionCount = 0) =>
    alice.stages.testStagePolicy({ policy: { name, stages, edges: edgesWith(more) }, transitionCount });

  /** Two versions with labels of their own that went to production, one after the other. */
  async function history(model: string): Promise<string[]> {
    const names: string[] = [];
    for (const label of ["first", "second"]) {
      const { name } = await versions.publish(model, { labels: [label] });
      server.clock.advance(60_000);
      await moves.toProduction(name);
      server.clock.advance(60_000);
      names.push(name);
    }
    return names;
  }

  it("finds no difference in the policy that held, and which a gate would have stopped", async () => {
    const model = await versions.model("iris");
    const [first, second] = await history(model);
    const same = await test({});
    expect(same).to.deep.include({ replayedCount: 4, differences: [] });
    const { replayedCount, differences } = await test(gate("'second' in version.labels"));
    expect(replayedCount).to.equal(4);
    expect(differences).to.have.length(1);
    expect(differences[0]).to.include({
      version: first,
      fromStage: "testing",
      toStage: "production",
      was: TransitionState.APPLIED,
      wouldBe: TransitionState.FAILED,
      reason: 'The gate "quality" does not hold: version.labels is ["first"], which is without "second"',
    });
    expect(differences[0]?.transition).to.match(/^models\/iris\/transitions\/[0-9a-f-]{36}$/);
    expect((await test(gate("version.stage == 'testing'"))).differences).to.deep.equal([]);
    const displacing = await test(gate("incumbent == null || 'nobody' in incumbent.labels"));
    expect(displacing.differences.map(({ version }) => version)).to.deep.equal([second]);
    expect((await test({}, "stagePolicy", 1)).replayedCount).to.equal(1);
  });

  it("says what would be waited for, and what the policy leads to no more", async () => {
    const model = await versions.model("iris");
    await history(model);
    const reasons = async (more: object) =>
      (await test(more)).differences.map(({ wouldBe, reason }) => [wouldBe, reason]);
    expect(await reasons({ approvals: { count: 2 } })).to.deep.equal(
      Array(2).fill([TransitionState.PENDING_APPROVAL, "It would wait for approvals: 0 of 2."]),
    );
    expect(await reasons({ checks: [{ name: "smoke" }, { name: "load" }] })).to.deep.equal(
      Array(2).fill([TransitionState.PENDING_CHECKS, "It would wait for the checks smoke, load."]),
    );
    const policy = { name: "stagePolicy", stages: [{ name: "development" }, { name: "testing" }] };
    const { differences } = await alice.stages.testStagePolicy({
      policy: { ...policy, edges: [{ from: "development", to: "testing" }] },
    });
    expect(differences.map(({ reason }) => reason)).to.deep.equal(
      Array(2).fill('The policy has no stage "production".'),
    );
    const { differences: shut } = await alice.stages.testStagePolicy({
      policy: {
        name: "stagePolicy",
        stages,
        edges: EDGES.filter(({ to }) => to !== "production").concat([{ from: "development", to: "production" }]),
      },
    });
    expect(shut.map(({ reason }) => reason)).to.deep.equal(
      Array(2).fill("The policy has no way from testing to production."),
    );
  });

  it("says what would have gone through", async () => {
    const model = await versions.model("iris");
    await moves.policy(model, edgesWith(gate("version.metrics.f1 >= 0.8")));
    const { name } = await versions.publish(model);
    await moves.request(name, "testing");
    expect((await moves.request(name, "production")).state).to.equal(TransitionState.FAILED);
    const open = await test({}, `${model}/stagePolicy`);
    expect(open.differences).to.have.length(1);
    expect(open.differences[0]).to.include({
      was: TransitionState.FAILED,
      wouldBe: TransitionState.APPLIED,
      reason: "All that the policy asks for was there.",
    });
    // The model has a policy of its own, so that the tenant's changes nothing for it.
    expect(await test({})).to.deep.include({ replayedCount: 0, differences: [] });
  });

  it("keeps what was reported and said", async () => {
    const model = await versions.model("iris");
    const reviewer = server.as({ principal: "users/rita", role: "reviewer" });
    await server.principal({ name: "users/rita" });
    const more = { checks: [{ name: "smoke" }], approvals: { count: 1 } };
    await moves.policy(model, edgesWith(more));
    const { name } = await versions.publish(model);
    await moves.request(name, "testing");
    const { name: transition } = await moves.request(name, "production");
    await alice.stages.reportCheck({ name: transition, check: "smoke", state: 2 });
    await reviewer.stages.approveTransition({ name: transition });
    const of = `${model}/stagePolicy`;
    expect((await test(more, of)).differences).to.deep.equal([]);
    const stricter = await test({ ...more, approvals: { count: 2 } }, of);
    expect(stricter.differences.map(({ reason }) => reason)).to.deep.equal(["It would wait for approvals: 1 of 2."]);
  });

  it("leaves out rollbacks, what was cancelled and what is purged", async () => {
    const model = await versions.model("iris");
    await history(model);
    await alice.stages.rollBackStage({ model, stage: "production" });
    expect((await test(gate("false"))).differences).to.have.length(2);
    await alice.models.deleteModel({ name: model });
    await server.as({ role: "admin" }).models.purgeModel({ name: model });
    expect(await test(gate("false"))).to.deep.include({ replayedCount: 0, differences: [] });
  });

  it("refuses what UpdateStagePolicy would, and saves nothing", async () => {
    await refusal(test(gate("version.score > 1")), "STAGE_POLICY_INVALID");
    await refusal(test({}, "models/nobody/stagePolicy"), "MODEL_NOT_FOUND");
    await refusal(
      server.as({ role: "viewer" }).stages.testStagePolicy({ policy: { name: "stagePolicy", stages } }),
      "ROLE_REQUIRED",
    );
    await test(gate("true"));
    expect((await alice.stages.getStagePolicy({ name: "stagePolicy" })).policy?.revision).to.equal(0n);
  });
});
