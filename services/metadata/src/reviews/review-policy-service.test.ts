import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import {
  acme,
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("review policies", () => {
  let server: MetadataServer;
  let admin: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    admin = server.as({ principal: "users/ada", role: "admin" });
    versions = new Versions(server);
  });
  after(() => server.close());

  const get = async (name: string) => (await admin.reviews.getReviewPolicy({ name })).policy;
  const set = async (name: string, requiredApprovals: number, more: object = {}) =>
    (await admin.reviews.updateReviewPolicy({ policy: { name, requiredApprovals, ...more } })).policy;

  it("of a model hold before that of the tenant, and that before the default", async () => {
    const parent = await versions.model("layers");
    const own = `${parent}/reviewPolicy`;
    const stateOfNext = async () => (await versions.publish(parent)).state;
    expect(await get(own)).to.deep.include({ name: "reviewPolicy", requiredApprovals: 0, updater: "" });
    expect(await stateOfNext()).to.equal(VersionState.PUBLISHED);
    await set("reviewPolicy", 2);
    expect(await get(own)).to.deep.include({ name: "reviewPolicy", requiredApprovals: 2, updater: "users/ada" });
    expect(await stateOfNext()).to.equal(VersionState.READY);
    const mine = await set(own, 0);
    expect(await get(own)).to.deep.equal(mine);
    expect(await stateOfNext()).to.equal(VersionState.PUBLISHED);
    const { policy: above } = await admin.reviews.deleteReviewPolicy({ name: own });
    expect(above).to.deep.include({ name: "reviewPolicy", requiredApprovals: 2 });
    expect(await stateOfNext()).to.equal(VersionState.READY);
    await admin.reviews.deleteReviewPolicy({ name: "reviewPolicy" });
    expect(await stateOfNext()).to.equal(VersionState.PUBLISHED);
    const events = await eventsOf(admin, acme.tenantUid, 2);
    expect(events.map(({ type, subject }) => [type, subject])).to.deep.equal([
      ["slipway.review-policy.updated", "tenants/acme/reviewPolicy"],
      ["slipway.review-policy.deleted", "tenants/acme/reviewPolicy"],
    ]);
  });

  it("are refused with what is wrong", async () => {
    await refusal(set("reviewPolicy", 21), "REQUEST_INVALID");
    await refusal(set("reviewPolicy", -1), "REQUEST_INVALID");
    await refusal(set("reviewPolicy", 1, { requiredFields: ["colour"] }), "REQUEST_INVALID");
    await refusal(set("reviewPolicy", 1, { requiredFields: ["author", "author"] }), "REQUEST_INVALID");
    const error = await refusal(set("reviewPolicy", 0, { requiredFields: ["author"] }), "REVIEW_POLICY_INVALID");
    expect(error.fields.map(({ field }) => field)).to.deep.equal(["policy.required_fields"]);
    await refusal(set("models/nobody/reviewPolicy", 1), "MODEL_NOT_FOUND");
    await refusal(set("policies/x", 1), "RESOURCE_NAME_INVALID");
    await refusal(set("tenants/other/reviewPolicy", 1), "TENANT_FORBIDDEN");
    await refusal(admin.reviews.deleteReviewPolicy({ name: "reviewPolicy" }), "REVIEW_POLICY_NOT_FOUND");
    await refusal(server.as().reviews.updateReviewPolicy({ policy: { name: "reviewPolicy" } }), "ROLE_REQUIRED");
  });

  it("heed etags, and go with their model", async () => {
    const parent = await versions.model("etags");
    const name = `${parent}/reviewPolicy`;
    const first = await set(name, 1);
    await refusal(set(name, 2, { etag: "stale" }), "ETAG_MISMATCH");
    await set(name, 2, { etag: first?.etag });
    await refusal(admin.reviews.deleteReviewPolicy({ name, etag: first?.etag ?? "" }), "ETAG_MISMATCH");
    await admin.models.deleteModel({ name: parent });
    await refusal(get(name), "MODEL_DELETED");
    await admin.models.purgeModel({ name: parent });
    await versions.model("etags");
    expect(await get(name)).to.deep.include({ name: "reviewPolicy", requiredApprovals: 0 });
  });
});
