import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { draftLiveOld, type PolicyInit } from "../testing/stage-policies.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";

describe("stage policies beside aliases, selectors and publications", () => {
  let server: MetadataServer;
  let admin: Clients;
  let versions: Versions;
  beforeEach(async () => {
    server = await startMetadata();
    admin = server.as({ role: "admin", principal: "users/root" });
    versions = new Versions(server);
  });
  afterEach(() => server.close());

  const update = async (policy: PolicyInit, requestId = "") =>
    (await admin.stages.updateStagePolicy({ policy, requestId })).policy;
  const get = async (name: string) => (await server.as().stages.getStagePolicy({ name })).policy;

  it("have no stage by the name of an alias, and models no alias by the name of a stage", async () => {
    const model = await versions.model("named");
    const { name, number } = await versions.publish(model);
    const setAlias = (alias: string, of = model) => server.as().models.setAlias({ model: of, alias, version: number });
    await setAlias("live");
    const { stages, edges } = DEFAULT_POLICY;
    const policy = (of: string): PolicyInit => ({
      name: of,
      stages: [...stages, { name: "live" }],
      edges: [...edges, { from: "testing", to: "live" }],
    });
    for (const owner of ["stagePolicy", `${model}/stagePolicy`]) {
      const refused = await refusal(update(policy(owner)), "STAGE_NAME_TAKEN");
      expect(refused.message).to.contain(
        `A stage of ${owner} cannot be named "live": models/named has an alias of that name.`,
      );
    }
    await server.as().models.deleteAlias({ model, alias: "live" });
    await update(policy(`${model}/stagePolicy`));
    await refusal(setAlias("live"), "ALIAS_INVALID");
    const other = await versions.model("free");
    await versions.publish(other, { number });
    await setAlias("live", other);
    expect(name).to.equal(`${model}/versions/${number}`);
  });

  it("say where a published version begins, and what a selector means", async () => {
    const model = await versions.model("begun");
    await update(draftLiveOld(`${model}/stagePolicy`));
    const { number, stage } = await versions.publish(model);
    expect(stage).to.equal("draft");
    const resolve = (selector: string) => server.as().versions.resolveVersion({ model, selector });
    expect((await resolve("draft")).version?.number).to.equal(number);
    await refusal(resolve("development"), "SELECTOR_NOT_FOUND");
    // A stage of the tenant's policy, but not of this model's.
    await server.as().models.setAlias({ model, alias: "production", version: number });
    expect((await resolve("production")).version?.number).to.equal(number);
  });

  it("hold while something is judged by them, whichever of both comes first", async () => {
    for (let round = 0; round < 10; round += 1) {
      const model = await versions.model(`race-${round}`);
      const name = `${model}/stagePolicy`;
      const { number } = await versions.publish(model);
      const { stages, edges } = DEFAULT_POLICY;
      const policy = {
        name,
        stages: [...stages, { name: "live" }],
        edges: [...edges, { from: "testing", to: "live" }],
      };
      await Promise.allSettled([
        update(policy),
        server.as().models.setAlias({ model, alias: "live", version: number }),
      ]);
      const { model: after } = await server.as().models.getModel({ name: model });
      const hasStage = (await get(name))?.stages.some((stage) => stage.name === "live");
      expect(after?.aliases.live === undefined).to.equal(hasStage);
    }
  });
});
