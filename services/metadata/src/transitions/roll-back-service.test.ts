import { TransitionCause, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("RollBackStage", () => {
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

  const rollBack = async (model: string, stage = "production", expectedIncumbent = "") =>
    (await alice.stages.rollBackStage({ model, stage, expectedIncumbent, comment: "it misbehaves" })).transition;

  const inStage = async (model: string, stage = "production") =>
    (await alice.stages.getStageAt({ model, stage })).versions.map((name) => name.split("/").at(-1));

  /** A model whose production was 1.0.0, then 1.0.1, then 1.0.2. */
  async function withThree(name: string): Promise<{ parent: string; made: Version[] }> {
    const parent = await versions.model(name);
    const made: Version[] = [];
    for (let index = 0; index < 3; index += 1) {
      const version = await versions.publish(parent);
      await stages.toProduction(version.name);
      made.push(version);
    }
    return { parent, made };
  }

  it("brings back what was there before, one step each time, and never what it took out", async () => {
    const { parent, made } = await withThree("steps");
    const transition = await rollBack(parent);
    expect(transition).to.deep.include({
      version: made[1]?.name,
      fromStage: "archived",
      toStage: "production",
      state: TransitionState.APPLIED,
      cause: TransitionCause.ROLLBACK,
      comment: "it misbehaves",
      displaced: made[2]?.name,
      displacedTo: "archived",
    });
    expect(await inStage(parent)).to.deep.equal(["1.0.1"]);
    expect((await rollBack(parent))?.version).to.equal(made[0]?.name);
    const error = await refusal(rollBack(parent), "NOTHING_TO_ROLL_BACK_TO");
    expect(error.code).to.equal("FAILED_PRECONDITION");
    expect(error.message).to.equal(
      `Nothing can come back to production of ${parent}: no earlier version of it is still published. Promote a version with \`slipway promote\`.`,
    );
    expect(await inStage(parent)).to.deep.equal(["1.0.0"]);
  });

  it("passes over what is deleted, and refills a stage whose version was deleted", async () => {
    const { parent, made } = await withThree("deleted");
    await alice.versions.deleteVersion({ name: made[1]?.name ?? "" });
    await alice.versions.deleteVersion({ name: made[2]?.name ?? "" });
    expect(await inStage(parent)).to.deep.equal([]);
    const transition = await rollBack(parent, "production", "-");
    expect(transition).to.deep.include({ version: made[0]?.name, displaced: "" });
  });

  it("needs no gates, checks or approvals", async () => {
    const { parent } = await withThree("free");
    const gates = [{ name: "never", expression: "false" }];
    await stages.policy(parent, [
      { from: "development", to: "testing", gates },
      { from: "testing", to: "production", gates, approvals: { count: 3 } },
      { from: "production", to: "archived" },
    ]);
    expect((await rollBack(parent))?.state).to.equal(TransitionState.APPLIED);
  });

  it("takes the last one out of a stage that is not exclusive, back to where it came from", async () => {
    const parent = await versions.model("shared");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    for (const { name } of [first, second]) await stages.request(name, "testing");
    const transition = await rollBack(parent, "testing");
    expect(transition).to.deep.include({
      version: first.name,
      displaced: second.name,
      displacedTo: "development",
    });
    expect(await inStage(parent, "testing")).to.deep.equal(["1.0.0"]);
    expect((await alice.versions.resolveVersion({ model: parent, selector: "testing" })).version?.number).to.equal(
      "1.0.0",
    );
    const alone = await versions.model("alone");
    await versions.publish(alone);
    await refusal(rollBack(alone, "development"), "NOTHING_TO_ROLL_BACK_TO");
  });

  it("refuses where somebody else was faster, and what is no stage, model or number", async () => {
    const { parent } = await withThree("refused");
    const error = await refusal(rollBack(parent, "production", "1.0.1"), "STAGE_CONFLICT");
    expect(error.code).to.equal("ABORTED");
    expect(error.message).to.equal(
      `${parent}/versions/1.0.2 is in production now, not 1.0.1. Nothing was done; look at it, then ask again.`,
    );
    const unknown = await refusal(rollBack(parent, "moon"), "STAGE_UNKNOWN");
    expect(unknown.fields.map(({ field }) => field)).to.deep.equal(["stage"]);
    await refusal(rollBack(parent, "production", "x"), "EXPECTED_INCUMBENT_INVALID");
    await refusal(rollBack("models/nobody"), "MODEL_NOT_FOUND");
    await alice.models.deleteModel({ name: parent });
    await refusal(rollBack(parent), "MODEL_DELETED");
  });

  it("is done once by many who see the same trouble", async () => {
    const { parent } = await withThree("many");
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => rollBack(parent, "production", "1.0.2")));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    expect(await inStage(parent)).to.deep.equal(["1.0.1"]);
  });
});
