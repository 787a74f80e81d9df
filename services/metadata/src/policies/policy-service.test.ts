import { expect } from "chai";
import {
  acme,
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { draftLiveOld, type PolicyInit } from "../testing/stage-policies.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";

describe("stage policies", () => {
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

  it("are the default, then the tenant's, then a model's own, and back again", async () => {
    const model = await versions.model("iris");
    const name = `${model}/stagePolicy`;
    const first = await get(name);
    expect(first).to.deep.include({ name: "stagePolicy", revision: 0n, updater: "", etag: "r0" });
    expect(first?.stages).to.deep.equal(DEFAULT_POLICY.stages);
    expect(first?.expiry?.seconds).to.equal(604_800n);

    const tenants = await update(draftLiveOld("stagePolicy", { etag: "r0", expiry: { seconds: 3600n } }));
    expect(tenants).to.include({ name: "stagePolicy", revision: 1n, updater: "users/root", etag: "r1" });
    expect(await get(name)).to.deep.equal(tenants);
    expect(await get("tenants/acme/stagePolicy")).to.deep.equal(tenants);

    const approvals = { count: 1 };
    const models = await update(draftLiveOld(name, { edges: [{ from: "draft", to: "live", approvals }] }));
    expect(models).to.include({ name, revision: 1n });
    expect(models?.edges[0]?.approvals?.minimumRole).to.equal(3);
    expect(await get(name)).to.deep.equal(models);
    expect(await get("stagePolicy")).to.deep.equal(tenants);

    const { policy: left } = await admin.stages.deleteStagePolicy({ name, etag: "r1" });
    expect(left).to.deep.equal(tenants);
    expect(await get(name)).to.deep.equal(tenants);
    expect((await update(draftLiveOld(name)))?.revision, "goes on from the deletion").to.equal(3n);
    await admin.stages.deleteStagePolicy({ name: "stagePolicy" });
    expect((await get("stagePolicy"))?.stages).to.deep.equal(DEFAULT_POLICY.stages);
    const gone = await refusal(admin.stages.deleteStagePolicy({ name: "stagePolicy" }), "STAGE_POLICY_NOT_FOUND");
    expect(gone.message).to.contain("There is no stagePolicy: what holds is the policy above it.");
  });

  it("tell events, and answer the same request the same way", async () => {
    const requestId = "0190b6a0-1234-7abc-8def-0123456789ab";
    const first = await update(draftLiveOld("stagePolicy"), requestId);
    expect(await update(draftLiveOld("stagePolicy"), requestId)).to.deep.equal(first);
    await refusal(update(draftLiveOld("stagePolicy", { expiry: { seconds: 60n } }), requestId), "REQUEST_ID_REUSED");
    await admin.stages.deleteStagePolicy({ name: "stagePolicy" });
    const types = ["slipway.stage-policy.deleted"];
    const [updated, deleted] = await eventsOf(admin, acme.tenantUid, 2);
    const { events } = await admin.events.listEvents({ types });
    expect(events).to.deep.equal([deleted]);
    expect(updated).to.include({ type: "slipway.stage-policy.updated", subject: "tenants/acme/stagePolicy" });
    expect(updated?.payload).to.deep.include({ name: "stagePolicy", revision: "1", updater: "users/root" });
    expect(deleted).to.include({ type: "slipway.stage-policy.deleted", actor: "users/root", aggregateRevision: 2n });
  });

  it("are written by administrators who saw the last one", async () => {
    await refusal(server.as().stages.updateStagePolicy({ policy: draftLiveOld("stagePolicy") }), "ROLE_REQUIRED");
    await refusal(server.as().stages.deleteStagePolicy({ name: "stagePolicy" }), "ROLE_REQUIRED");
    await update(draftLiveOld("stagePolicy"));
    await refusal(update(draftLiveOld("stagePolicy", { etag: "r0" })), "ETAG_MISMATCH");
    await refusal(admin.stages.deleteStagePolicy({ name: "stagePolicy", etag: "r0" }), "ETAG_MISMATCH");
    const model = await versions.model("etags");
    await refusal(update(draftLiveOld(`${model}/stagePolicy`, { etag: "r1" })), "ETAG_MISMATCH");
  });

  it("are refused with each fault at its field", async () => {
    const error = await refusal(
      update(draftLiveOld("stagePolicy", { edges: [{ from: "draft", to: "gone" }] })),
      "STAGE_POLICY_INVALID",
    );
    expect(error.fields.map(({ field }) => field)).to.deep.equal([
      "policy.stages[1].name",
      "policy.stages[2].name",
      "policy.edges[0].to",
    ]);
    await refusal(get("models/nobody/stagePolicy"), "MODEL_NOT_FOUND");
    await refusal(get("stagePolicies"), "RESOURCE_NAME_INVALID");
    await refusal(get("tenants/umbrella/stagePolicy"), "TENANT_FORBIDDEN");
    const model = await versions.model("deleted");
    await server.as().models.deleteModel({ name: model });
    await refusal(update(draftLiveOld(`${model}/stagePolicy`)), "MODEL_DELETED");
  });

  it("keep the stages that versions are in", async () => {
    const model = await versions.model("used");
    const other = await versions.model("other");
    await versions.publish(model, { number: "1.0.0" });
    const refused = await refusal(update(draftLiveOld(`${model}/stagePolicy`)), "STAGE_IN_USE");
    expect(refused.message).to.equal(
      'models/used/stagePolicy cannot change so: models/used/versions/1.0.0 is in the stage "development", which would be gone. ' +
        "Move versions out of the stage first, or keep it as it is.",
    );
    expect(refused.code).to.equal("FAILED_PRECONDITION");
    await refusal(update(draftLiveOld("stagePolicy")), "STAGE_IN_USE");
    await update(draftLiveOld(`${other}/stagePolicy`));
    // Its own policy has the stage still, so the tenant's may go without.
    const { stages, edges } = DEFAULT_POLICY;
    await update({ name: `${model}/stagePolicy`, stages, edges });
    await update(draftLiveOld("stagePolicy"));
    await refusal(admin.stages.deleteStagePolicy({ name: `${model}/stagePolicy` }), "STAGE_IN_USE");
    await server.as().versions.deleteVersion({ name: `${model}/versions/1.0.0` });
    await admin.stages.deleteStagePolicy({ name: `${model}/stagePolicy` });
  });

  it("make a stage exclusive only while no model has several versions in it", async () => {
    const { stages, edges } = DEFAULT_POLICY;
    const model = await versions.model("several");
    await versions.publish(model, { number: "1.0.0" });
    await versions.publish(model, { number: "1.1.0" });
    const first = { name: "intake" };
    const narrow = [first, { name: "development", exclusive: true, displacedTo: "archived" }, ...stages.slice(1)];
    const policy = { name: "stagePolicy", stages: narrow, edges: [...edges, { from: "intake", to: "development" }] };
    const refused = await refusal(update(policy), "STAGE_IN_USE");
    expect(refused.message).to.contain(
      'several versions of models/several are in the stage "development", which would be exclusive',
    );
    await server.as().versions.deleteVersion({ name: `${model}/versions/1.0.0` });
    await update(policy);
  });

  it("go with their model when it is purged", async () => {
    const model = await versions.model("purged");
    await update(draftLiveOld(`${model}/stagePolicy`));
    await server.as().models.deleteModel({ name: model });
    await admin.models.purgeModel({ name: model });
    const page = await server.documents.query({ tenant: acme.tenantUid, collection: "stage-policies", limit: 10 });
    expect(page.documents).to.deep.equal([]);
  });
});
