import { create } from "@bufbuild/protobuf";
import { TenantSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import { expect } from "chai";
import { insertTenant } from "../access/access-store.ts";
import {
  acme,
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("shared models", () => {
  let server: MetadataServer;
  let alice: Clients;
  let admin: Clients;
  /** Viewer of another tenant. */
  let bob: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    admin = server.as({ principal: "users/ada", role: "admin" });
    const tenantUid = "00000000-0000-7000-8000-0000000000b0";
    bob = server.as({ tenantUid, tenant: "other", principal: "users/bob", role: "viewer" });
    versions = new Versions(server);
    const tenant = create(TenantSchema, { name: "tenants/acme", uid: acme.tenantUid });
    await server.documents.commit([insertTenant(tenant, "acme")], server.ids.uid());
  });
  after(() => server.close());

  const share = async (name: string) => (await admin.models.shareModel({ name })).model;
  const full = (name: string) => `tenants/acme/${name}`;

  it("are read by principals of other tenants under their full names", async () => {
    const parent = await versions.model("public iris");
    const own = await versions.publish(parent);
    await alice.models.setAlias({ model: parent, alias: "champion", version: "1.0.0" });
    await share(parent);
    const { model } = await bob.models.getModel({ name: full(parent) });
    expect(model).to.deep.include({ name: full(parent), creator: "tenants/acme/users/alice", shared: true });
    const { version } = await bob.versions.getVersion({ name: full(own.name) });
    expect(version).to.deep.include({
      name: full(own.name),
      uid: own.uid,
      artifact: full(own.artifact),
      creator: "tenants/acme/users/alice",
      url: "https://registry.example/tenants/acme/models/public%20iris/versions/1.0.0",
      admissionRun: "",
    });
    for (const selector of ["", "latest", "^1", "1.0.0", "development", "champion"]) {
      const resolved = await bob.versions.resolveVersion({ model: full(parent), selector });
      expect(resolved.version, selector).to.deep.equal(version);
    }
    const listed = await bob.versions.listVersions({ parent: full(parent) });
    expect(listed.versions).to.deep.equal([version]);
    expect((await alice.versions.getVersion({ name: full(own.name) })).version?.name).to.equal(own.name);
  });

  it("show others what they show viewers: published versions, and withdrawn ones by their number", async () => {
    const parent = await versions.model("partly");
    const waiting = await versions.create(parent);
    const [published, withdrawn] = [await versions.publish(parent), await versions.publish(parent)];
    await admin.versions.withdrawVersion({ name: withdrawn.name, reason: "it leaks names" });
    const gone = await versions.publish(parent);
    await alice.versions.deleteVersion({ name: gone.name });
    await share(parent);
    const { versions: listed } = await bob.versions.listVersions({ parent: full(parent), showDeleted: true });
    expect(listed.map(({ number }) => number)).to.deep.equal([published.number]);
    for (const { name } of [waiting, gone]) {
      await refusal(bob.versions.getVersion({ name: full(name) }), "VERSION_NOT_FOUND");
    }
    const told = await bob.versions.getVersion({ name: full(withdrawn.name) });
    expect(told.version?.stateReason).to.equal("it leaks names");
  });

  it("are forbidden before, after, and while they are deleted", async () => {
    const parent = await versions.model("in and out");
    const { name } = await versions.publish(parent);
    const reads = () => [
      bob.models.getModel({ name: full(parent) }),
      bob.versions.getVersion({ name: full(name) }),
      bob.versions.listVersions({ parent: full(parent) }),
      bob.versions.resolveVersion({ model: full(parent) }),
    ];
    const allForbidden = async () => {
      for (const read of reads()) {
        const error = await refusal(read, "TENANT_FORBIDDEN");
        expect(error.code).to.equal("PERMISSION_DENIED");
        expect(error.message).to.contain("belongs to another tenant, which does not share it.");
      }
    };
    await allForbidden();
    await share(parent);
    await Promise.all(reads());
    const { nextPageToken: pageToken } = await (async () => {
      await versions.publish(parent);
      return bob.versions.listVersions({ parent: full(parent), pageSize: 1 });
    })();
    expect(pageToken).to.not.equal("");
    await alice.models.deleteModel({ name: parent });
    await allForbidden();
    await alice.models.undeleteModel({ name: parent });
    await Promise.all(reads());
    await admin.models.unshareModel({ name: parent });
    await allForbidden();
    await refusal(bob.versions.listVersions({ parent: full(parent), pageSize: 1, pageToken }), "TENANT_FORBIDDEN");
  });

  it("open nothing else of their tenant", async () => {
    const parent = await versions.model("only this");
    const { name } = await versions.publish(parent);
    await share(parent);
    const eve = server.as({ tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "other", role: "admin" });
    await refusal(bob.versions.listVersions({ parent: full("models/-") }), "TENANT_FORBIDDEN");
    await refusal(bob.models.getModel({ name: full("models/nobody") }), "TENANT_FORBIDDEN");
    for (const tenant of ["nobody", "", "Bad!", "platform", "x".repeat(500)]) {
      await refusal(bob.models.getModel({ name: `tenants/${tenant}/models/only this` }), "TENANT_FORBIDDEN");
    }
    await refusal(eve.models.updateModel({ model: { name: full(parent), description: "mine" } }), "TENANT_FORBIDDEN");
    await refusal(eve.models.unshareModel({ name: full(parent) }), "TENANT_FORBIDDEN");
    await refusal(eve.versions.withdrawVersion({ name: full(name), reason: "x" }), "TENANT_FORBIDDEN");
    await refusal(bob.models.getModel({ name: parent }), "MODEL_NOT_FOUND");
  });

  it("are shared and taken back by administrators, once, with an event each", async () => {
    const parent = await versions.model("announced");
    await refusal(alice.models.shareModel({ name: parent }), "ROLE_REQUIRED");
    await refusal(admin.models.shareModel({ name: "models/nobody" }), "MODEL_NOT_FOUND");
    await refusal(admin.models.shareModel({ name: parent, etag: "stale" }), "ETAG_MISMATCH");
    const shared = await share(parent);
    expect(shared?.shared).to.equal(true);
    expect(await share(parent)).to.deep.equal(shared);
    for (const _ of [1, 2]) await admin.models.unshareModel({ name: parent });
    const events = await eventsOf(alice, shared?.uid ?? "", 3);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "slipway.model.created",
      "slipway.model.shared",
      "slipway.model.unshared",
    ]);
    await alice.models.deleteModel({ name: parent });
    await refusal(share(parent), "MODEL_DELETED");
  });
});
