import { randomUUID } from "node:crypto";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("VersionService", () => {
  let server: MetadataServer;
  let alice: Clients;
  let viewer: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    viewer = server.as({ role: "viewer", principal: "users/victor" });
    versions = new Versions(server);
  });
  after(() => server.close());

  describe("GetVersion", () => {
    it("shows viewers what is published, and nothing of what is not", async () => {
      const parent = await versions.model("gets");
      const validating = await versions.create(parent);
      const published = await versions.publish(parent);
      expect((await alice.versions.getVersion({ name: validating.name })).version).to.deep.equal(validating);
      expect((await viewer.versions.getVersion({ name: published.name })).version).to.deep.equal(published);
      const error = await refusal(viewer.versions.getVersion({ name: validating.name }), "VERSION_NOT_FOUND");
      expect(error.code).to.equal("NOT_FOUND");
      expect(error.message).to.contain(validating.name);
    });

    it("follows the model's name", async () => {
      const parent = await versions.model("before rename");
      const version = await versions.create(parent);
      await alice.models.renameModel({ name: parent, newName: "models/鸢尾 花" });
      await refusal(alice.versions.getVersion({ name: version.name }), "VERSION_NOT_FOUND");
      const renamed = await alice.versions.getVersion({ name: "models/鸢尾 花/versions/1.0.0" });
      expect(renamed.version).to.deep.include({
        uid: version.uid,
        name: "models/鸢尾 花/versions/1.0.0",
        url: "https://registry.example/models/%E9%B8%A2%E5%B0%BE%20%E8%8A%B1/versions/1.0.0",
      });
    });

    it("refuses unknown and malformed names", async () => {
      const get = (name: string) => alice.versions.getVersion({ name });
      await refusal(get("models/nobody/versions/1.0.0"), "VERSION_NOT_FOUND");
      await refusal(get("models/gets/versions/7.0.0"), "VERSION_NOT_FOUND");
      await refusal(get("models/gets/versions/latest"), "VERSION_NUMBER_INVALID");
      await refusal(get("models/gets"), "RESOURCE_NAME_INVALID");
      await refusal(get("tenants/other/models/gets/versions/1.0.0"), "TENANT_FORBIDDEN");
      const other = server.as({ tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "other" });
      await refusal(other.versions.getVersion({ name: "models/gets/versions/1.0.0" }), "VERSION_NOT_FOUND");
    });
  });

  describe("UpdateVersion", () => {
    it("changes what may change, and reports it", async () => {
      const parent = await versions.model("updates");
      const version = await versions.create(parent, { tags: { a: "1" }, author: "Ada" });
      server.clock.advance(1000);
      const { version: updated } = await alice.versions.updateVersion({
        version: { name: version.name, description: "new", tags: { b: "2" }, etag: version.etag },
        updateMask: { paths: ["description", "tags.b"] },
      });
      expect(updated).to.deep.include({ description: "new", tags: { a: "1", b: "2" }, author: "Ada" });
      expect(updated?.number).to.equal(version.number);
      const [, event] = await eventsOf(alice, version.uid, 2);
      expect(event).to.deep.include({ type: "slipway.version.updated", aggregateRevision: 2n });
      expect(event?.payload).to.deep.include({ etag: updated?.etag, description: "new" });
      const stale = alice.versions.updateVersion({ version: { name: version.name, author: "x", etag: version.etag } });
      expect((await refusal(stale, "ETAG_MISMATCH")).code).to.equal("ABORTED");
    });

    for (const path of ["number", "artifact", "signature", "state", "stage", "nonsense", "tags."]) {
      it(`refuses the mask path "${path}"`, async () => {
        const version = { name: "models/updates/versions/1.0.0" };
        const error = await refusal(
          alice.versions.updateVersion({ version, updateMask: { paths: [path] } }),
          "MASK_PATH_INVALID",
        );
        expect(error.code).to.equal("INVALID_ARGUMENT");
        expect(error.message).to.contain("description, tags, labels, author");
      });
    }

    it("refuses deleted versions", async () => {
      const parent = await versions.model("deleted update");
      const { name } = await versions.create(parent);
      await alice.versions.deleteVersion({ name });
      await refusal(alice.versions.updateVersion({ version: { name, author: "x" } }), "VERSION_DELETED");
      await refusal(
        alice.versions.updateVersion({ version: { name: `${parent}/versions/9.0.0`, author: "x" } }),
        "VERSION_NOT_FOUND",
      );
    });
  });

  describe("DeleteVersion and UndeleteVersion", () => {
    it("hide a version and bring it back, with the model's latest version", async () => {
      const parent = await versions.model("deletes");
      const first = await versions.publish(parent);
      const second = await versions.publish(parent);
      await versions.publish(parent, { number: "2.0.0-rc.1" });
      const latest = async () => (await alice.models.getModel({ name: parent })).model?.latestVersion;
      expect(await latest()).to.equal("1.0.1");

      const requestId = randomUUID();
      const deleted = await alice.versions.deleteVersion({ name: second.name, etag: second.etag, requestId });
      expect(deleted.version?.deleteTime).to.not.equal(undefined);
      expect(await alice.versions.deleteVersion({ name: second.name, etag: second.etag, requestId })).to.deep.equal(
        deleted,
      );
      expect(await latest()).to.equal("1.0.0");
      await refusal(alice.versions.getVersion({ name: second.name }), "VERSION_NOT_FOUND");
      await refusal(alice.versions.deleteVersion({ name: second.name }), "VERSION_NOT_FOUND");

      const undeleted = await alice.versions.undeleteVersion({ name: second.name });
      expect(undeleted.version?.deleteTime).to.equal(undefined);
      expect(await latest()).to.equal("1.0.1");
      expect((await viewer.versions.getVersion({ name: second.name })).version).to.deep.equal(undeleted.version);
      expect(await alice.versions.undeleteVersion({ name: second.name })).to.deep.equal(undeleted);

      await alice.versions.deleteVersion({ name: second.name });
      await alice.versions.deleteVersion({ name: first.name });
      expect(await latest()).to.equal("");
      const types = (await eventsOf(alice, second.uid, 6)).map(({ type }) => type.slice("slipway.version.".length));
      expect(types).to.deep.equal(["created", "ready", "published", "deleted", "undeleted", "deleted"]);
    });

    it("spare what an alias points at", async () => {
      const parent = await versions.model("aliased");
      const { name } = await versions.create(parent);
      await alice.models.setAlias({ model: parent, alias: "champion", version: "1.0.0" });
      const error = await refusal(alice.versions.deleteVersion({ name }), "VERSION_IN_USE");
      expect(error.code).to.equal("FAILED_PRECONDITION");
      expect(error.message).to.contain("the alias champion");
      await alice.models.deleteAlias({ model: parent, alias: "champion" });
      await alice.versions.deleteVersion({ name });
    });

    it("heed the etag and the model", async () => {
      const parent = await versions.model("guarded");
      const { name } = await versions.create(parent);
      await refusal(alice.versions.deleteVersion({ name, etag: "stale" }), "ETAG_MISMATCH");
      await alice.versions.deleteVersion({ name });
      await alice.models.deleteModel({ name: parent });
      await refusal(alice.versions.undeleteVersion({ name }), "MODEL_DELETED");
      await refusal(alice.versions.undeleteVersion({ name: `${parent}/versions/9.0.0` }), "VERSION_NOT_FOUND");
    });
  });
});
