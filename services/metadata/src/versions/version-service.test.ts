import { randomUUID } from "node:crypto";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
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

  describe("a deleted model", () => {
    it("hides its versions until it is undeleted, and takes them along when it is purged", async () => {
      const admin = server.as({ role: "admin" });
      const parent = await versions.model("hides");
      const version = await versions.publish(parent, { labels: ["hidden"] });
      const list = async (parentName: string, showDeleted = false) =>
        (await alice.versions.listVersions({ parent: parentName, showDeleted, filter: "labels = hidden" })).versions;
      expect(await list("models/-")).to.have.length(1);

      await alice.models.deleteModel({ name: parent });
      await refusal(alice.versions.getVersion({ name: version.name }), "VERSION_NOT_FOUND");
      await refusal(alice.versions.resolveVersion({ model: parent, selector: "1.0.0" }), "MODEL_NOT_FOUND");
      await refusal(alice.versions.deleteVersion({ name: version.name }), "VERSION_NOT_FOUND");
      await refusal(list(parent), "MODEL_NOT_FOUND");
      expect(await list("models/-")).to.deep.equal([]);
      expect(await list(parent, true)).to.have.length(1);

      await alice.models.undeleteModel({ name: parent });
      expect((await alice.versions.getVersion({ name: version.name })).version).to.deep.equal(version);

      await alice.models.deleteModel({ name: parent });
      await admin.models.purgeModel({ name: parent });
      const events = await eventsOf(alice, version.uid, 4);
      expect(events.at(-1)).to.deep.include({ type: "slipway.version.purged" });
      expect(events.at(-1)?.payload).to.deep.include({ artifact: version.artifact, uid: version.uid });
      expect(await list("models/-", true)).to.deep.equal([]);
      await versions.model("hides");
      expect((await versions.create(parent)).number).to.equal("1.0.0");
    });

    it("is purged in several commits when it has many versions", async () => {
      const admin = server.as({ role: "admin" });
      const parent = await versions.model("large");
      await Promise.all(Array.from({ length: 260 }, () => versions.create(parent, { artifact: 1 })));
      await alice.models.deleteModel({ name: parent });
      const purged = eventsOf(alice, (await alice.models.getModel({ name: parent })).model?.uid ?? "", 3);
      await admin.models.purgeModel({ name: parent });
      expect((await purged).at(-1)?.type).to.equal("slipway.model.purged");
      const { events } = await alice.events.listEvents({ types: ["slipway.version.purged"], pageSize: 1000 });
      expect(events.filter(({ subject }) => subject.includes("models/large/"))).to.have.length(260);
    });
  });

  describe("aliases", () => {
    it("are set, moved and deleted", async () => {
      const parent = await versions.model("aliases");
      await versions.create(parent);
      await versions.create(parent);
      const set = async (alias: string, version: string, etag = "") =>
        (await alice.models.setAlias({ model: parent, alias, version, etag })).model;
      expect((await set("champion", "1.0.0"))?.aliases).to.deep.equal({ champion: "1.0.0" });
      const moved = await set("champion", "1.0.1");
      expect(moved?.aliases).to.deep.equal({ champion: "1.0.1" });
      await refusal(set("champion", "1.0.0", "stale"), "ETAG_MISMATCH");
      expect((await set("champion", "1.0.0", moved?.etag))?.aliases).to.deep.equal({ champion: "1.0.0" });
      const { model } = await alice.models.deleteAlias({ model: parent, alias: "champion" });
      expect(model?.aliases).to.deep.equal({});
      const error = await refusal(alice.models.deleteAlias({ model: parent, alias: "champion" }), "ALIAS_NOT_FOUND");
      expect(error.code).to.equal("NOT_FOUND");
      await refusal(alice.models.deleteAlias({ model: parent, alias: "toString" }), "ALIAS_NOT_FOUND");
    });

    for (const alias of ["latest", "v1", "production", "x", "Champion", "a b"]) {
      it(`cannot be ${alias}`, async () => {
        const error = await refusal(
          alice.models.setAlias({ model: "models/aliases", alias, version: "1.0.0" }),
          "ALIAS_INVALID",
        );
        expect(error.code).to.equal("INVALID_ARGUMENT");
        expect(error.message).to.contain(`"${alias}" cannot be an alias`);
      });
    }

    it("point at existing versions only", async () => {
      const parent = await versions.model("dangling");
      const { name } = await versions.create(parent);
      const set = (version: string, model = parent) => alice.models.setAlias({ model, alias: "best", version });
      await refusal(set("9.0.0"), "VERSION_NOT_FOUND");
      await refusal(set("1.0.0", "models/nobody"), "MODEL_NOT_FOUND");
      await refusal(set("newest"), "VERSION_NUMBER_INVALID");
      await alice.versions.deleteVersion({ name });
      await refusal(set("1.0.0"), "VERSION_NOT_FOUND");
    });

    it("never point at a deleted version, however the calls meet", async () => {
      const parent = await versions.model("races");
      for (let round = 0; round < 10; round += 1) {
        const { name, number } = await versions.create(parent);
        await Promise.allSettled([
          alice.models.setAlias({ model: parent, alias: "best", version: number }),
          alice.versions.deleteVersion({ name }),
        ]);
        const { model } = await alice.models.getModel({ name: parent });
        const target = model?.aliases.best;
        if (target !== undefined) await alice.versions.getVersion({ name: `${parent}/versions/${target}` });
      }
    });
  });

  describe("ResolveVersion", () => {
    let parent = "";
    before(async () => {
      parent = await versions.model("resolves");
      for (const number of ["1.0.0", "1.2.0", "1.2.1", "2.0.0-rc.1", "2.0.0", "3.0.0-rc.1"]) {
        await versions.publish(parent, { number });
      }
      await versions.create(parent, { number: "4.0.0" });
      await versions.finish(await versions.create(parent, { number: "5.0.0" }), Verdict.DANGEROUS);
      await alice.models.setAlias({ model: parent, alias: "champion", version: "1.2.0" });
      await alice.models.setAlias({ model: parent, alias: "next", version: "4.0.0" });
    });

    const resolve = async (selector: string, clients = alice) =>
      (await clients.versions.resolveVersion({ model: parent, selector })).version?.number;

    const found: [selector: string, number: string][] = [
      ["1.0.0", "1.0.0"],
      ["4.0.0", "4.0.0"],
      ["5.0.0", "5.0.0"],
      ["^1.2", "1.2.1"],
      ["1.x", "1.2.1"],
      ["~1.2.0", "1.2.1"],
      ["<1.2.1", "1.2.0"],
      ["*", "2.0.0"],
      ["v2", "2.0.0"],
      [">=3.0.0-rc.0", "3.0.0-rc.1"],
      ["1.0.0 || 1.2.0", "1.2.0"],
      ["latest", "2.0.0"],
      ["", "2.0.0"],
      ["development", "3.0.0-rc.1"],
      ["champion", "1.2.0"],
      ["next", "4.0.0"],
    ];
    for (const [selector, number] of found) {
      it(`finds ${number} by "${selector}"`, async () => {
        expect(await resolve(selector)).to.equal(number);
      });
    }

    for (const [selector, reason] of [
      ["9.9.9", "VERSION_NOT_FOUND"],
      [">=4", "SELECTOR_NOT_FOUND"],
      ["production", "SELECTOR_NOT_FOUND"],
      ["nobody", "SELECTOR_NOT_FOUND"],
      ["constructor", "SELECTOR_NOT_FOUND"],
      ["What?", "SELECTOR_INVALID"],
    ] as const) {
      it(`refuses "${selector}" with ${reason}`, async () => {
        const error = await refusal(resolve(selector), reason);
        expect(error.code).to.equal(reason === "SELECTOR_INVALID" ? "INVALID_ARGUMENT" : "NOT_FOUND");
        expect(error.message).to.contain(selector);
      });
    }

    it("hides from viewers what is not published", async () => {
      await refusal(resolve("4.0.0", viewer), "VERSION_NOT_FOUND");
      await refusal(resolve("next", viewer), "VERSION_NOT_FOUND");
      expect(await resolve("champion", viewer)).to.equal("1.2.0");
    });

    it("follows what enters a stage and what leaves it", async () => {
      const entered = await versions.publish(parent, { number: "1.0.5" });
      expect(await resolve("development")).to.equal("1.0.5");
      await alice.versions.deleteVersion({ name: entered.name });
      expect(await resolve("development")).to.equal("3.0.0-rc.1");
    });

    it("finds nothing latest where nothing stable is published", async () => {
      const empty = await versions.model("empty");
      await versions.publish(empty, { number: "1.0.0-rc.1" });
      await refusal(alice.versions.resolveVersion({ model: empty, selector: "" }), "SELECTOR_NOT_FOUND");
      await refusal(alice.versions.resolveVersion({ model: "models/nobody" }), "MODEL_NOT_FOUND");
    });
  });
});
