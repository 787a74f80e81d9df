import { randomUUID } from "node:crypto";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";

describe("ModelService", () => {
  let server: MetadataServer;
  let alice: Clients;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
  });
  after(() => server.close());

  const create = (name: string, rest = {}) => alice.models.createModel({ model: { name: `models/${name}`, ...rest } });

  describe("CreateModel and GetModel", () => {
    it("stores what the client decides and fills in the rest", async () => {
      const { model } = await create("first", {
        description: "# Iris",
        tags: { env: "prod" },
        labels: ["vision"],
        author: "Ada",
        owners: ["users/ada"],
        uid: "mine",
        creator: "users/mallory",
        latestVersion: "9.9.9",
        versionCount: 7n,
        aliases: { champion: "1.0.0" },
      });
      expect(model).to.deep.include({
        name: "models/first",
        description: "# Iris",
        tags: { env: "prod" },
        labels: ["vision"],
        author: "Ada",
        owners: ["users/ada"],
        creator: "users/alice",
        latestVersion: "",
        versionCount: 0n,
        aliases: {},
      });
      expect(model?.uid).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(model?.createTime && timestampDate(model.createTime).getTime()).to.equal(server.clock.nowMs());
      expect(model?.etag).to.not.equal("");
      expect((await alice.models.getModel({ name: "models/first" })).model).to.deep.equal(model);
      expect((await alice.models.getModel({ name: "tenants/acme/models/first" })).model).to.deep.equal(model);
    });

    it("reports the creation", async () => {
      const { model } = await create("reported");
      const [event] = await eventsOf(alice, model?.uid ?? "", 1);
      expect(event).to.deep.include({
        type: "slipway.model.created",
        subject: "tenants/acme/models/reported",
        actor: "users/alice",
        tenant: "acme",
        aggregateRevision: 1n,
      });
      expect(event?.payload).to.deep.include({ name: "models/reported", uid: model?.uid, etag: model?.etag });
    });

    it("knows a name however its accents are encoded", async () => {
      await create("cafe\u0301");
      const { model } = await alice.models.getModel({ name: "models/caf\u00e9" });
      expect(model?.name).to.equal("models/caf\u00e9");
      await refusal(create("caf\u00e9"), "MODEL_EXISTS");
    });

    it("refuses names that are taken, also by a deleted model", async () => {
      await create("taken");
      const error = await refusal(create("taken"), "MODEL_EXISTS");
      expect(error.code).to.equal("ALREADY_EXISTS");
      expect(error.message).to.contain("models/taken exists already").and.contain("choose another name");
      await alice.models.deleteModel({ name: "models/taken" });
      await refusal(create("taken"), "MODEL_EXISTS");
    });

    const refusedNames = [
      "",
      "a/b",
      "a:b",
      "a@b",
      "a%b",
      "a\u0000b",
      "a\u200bb",
      "a\u202eb",
      ".",
      "..",
      "-",
      " a",
      "x".repeat(257),
    ];
    for (const name of refusedNames) {
      it(`refuses the name ${JSON.stringify(name.slice(0, 9)).replace(/[^\x20-\x7e]/g, "?")}`, async () => {
        const error = await refusal(create(name), "MODEL_NAME_INVALID");
        expect(error.code).to.equal("INVALID_ARGUMENT");
        expect(error.message).to.contain("Use 1 to 256");
      });
    }

    it("refuses names of other tenants, whether they exist or not", async () => {
      const error = await refusal(alice.models.getModel({ name: "tenants/other/models/first" }), "TENANT_FORBIDDEN");
      expect(error.code).to.equal("PERMISSION_DENIED");
      await refusal(alice.models.createModel({ model: { name: "tenants/other/models/new" } }), "TENANT_FORBIDDEN");
    });

    it("keeps tenants apart", async () => {
      await create("private");
      const other = server.as({ tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "other" });
      const error = await refusal(other.models.getModel({ name: "models/private" }), "MODEL_NOT_FOUND");
      expect(error.code).to.equal("NOT_FOUND");
      expect(error.message).to.contain("There is no models/private");
      expect((await other.models.listModels({})).models).to.deep.equal([]);
      expect((await other.models.createModel({ model: { name: "models/private" } })).model?.name).to.equal(
        "models/private",
      );
    });
  });

  describe("request ids", () => {
    it("give the first reply again and refuse another body", async () => {
      const requestId = randomUUID();
      const request = { model: { name: "models/once" }, requestId };
      const first = await alice.models.createModel(request);
      expect(await alice.models.createModel(request)).to.deep.equal(first);
      const reused = { model: { name: "models/twice" }, requestId };
      const error = await refusal(alice.models.createModel(reused), "REQUEST_ID_REUSED");
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.contain(requestId).and.contain("Use a new id");
      await refusal(alice.models.getModel({ name: "models/twice" }), "MODEL_NOT_FOUND");
    });

    it("do the work once for calls at the same moment", async () => {
      const request = { model: { name: "models/at-once" }, requestId: randomUUID() };
      const replies = await Promise.all(Array.from({ length: 8 }, () => alice.models.createModel(request)));
      expect(new Set(replies.map(({ model }) => model?.uid)).size).to.equal(1);
    });

    it("must be UUIDs", async () => {
      const error = await refusal(
        create("x", {}).then(() => alice.models.createModel({ model: { name: "models/y" }, requestId: "1" })),
        "REQUEST_INVALID",
      );
      expect(error.fields.map(({ field }) => field)).to.deep.equal(["request_id"]);
    });
  });

  describe("UpdateModel", () => {
    it("changes the fields of the mask and nothing else", async () => {
      await create("changing", { description: "old", author: "Ada", tags: { a: "1", b: "2" }, labels: ["x"] });
      server.clock.advance(1000);
      const { model } = await alice.models.updateModel({
        model: { name: "models/changing", description: "new", author: "ignored", tags: { a: "3" } },
        updateMask: { paths: ["description", "tags.a", "tags.b"] },
      });
      expect(model).to.deep.include({ description: "new", author: "Ada", tags: { a: "3" }, labels: ["x"] });
      expect(model?.updateTime && timestampDate(model.updateTime).getTime()).to.equal(server.clock.nowMs());
      expect((await alice.models.getModel({ name: "models/changing" })).model).to.deep.equal(model);
    });

    it("takes all set fields without a mask", async () => {
      await create("unmasked", { description: "old", author: "Ada" });
      const { model } = await alice.models.updateModel({ model: { name: "models/unmasked", description: "new" } });
      expect(model).to.deep.include({ description: "new", author: "Ada" });
    });

    for (const path of ["name", "uid", "aliases", "latest_version", "nonsense", "tags.", "author.x", ""]) {
      it(`refuses the mask path "${path}"`, async () => {
        const call = alice.models.updateModel({ model: { name: "models/first" }, updateMask: { paths: [path] } });
        const error = await refusal(call, "MASK_PATH_INVALID");
        expect(error.code).to.equal("INVALID_ARGUMENT");
        expect(error.message).to.contain("description, tags, labels, author, owners");
      });
    }

    it("heeds the etag", async () => {
      const { model } = await create("tagged");
      const change = (description: string, etag = "") =>
        alice.models.updateModel({ model: { name: "models/tagged", description, etag } });
      const second = await change("one", model?.etag);
      expect(second.model?.etag).to.not.equal(model?.etag);
      const error = await refusal(change("two", model?.etag), "ETAG_MISMATCH");
      expect(error.code).to.equal("ABORTED");
      expect(error.message).to.contain("Read it again");
      expect((await alice.models.getModel({ name: "models/tagged" })).model?.description).to.equal("one");
    });

    it("bounds the tags that single paths add up to", async () => {
      const tags = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`t${index}`, ""]));
      await create("many-tags", { tags });
      const call = alice.models.updateModel({
        model: { name: "models/many-tags", tags: { more: "" } },
        updateMask: { paths: ["tags.more"] },
      });
      expect((await refusal(call, "REQUEST_INVALID")).fields[0]?.description).to.contain("at most 100");
    });

    it("refuses unknown and deleted models", async () => {
      await refusal(alice.models.updateModel({ model: { name: "models/nobody", author: "x" } }), "MODEL_NOT_FOUND");
      await create("gone");
      await alice.models.deleteModel({ name: "models/gone" });
      const call = alice.models.updateModel({ model: { name: "models/gone", author: "x" } });
      expect((await refusal(call, "MODEL_DELETED")).message).to.contain("Undelete it first");
    });

    it("loses no change of writers at the same moment", async () => {
      await create("hot");
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          alice.models.updateModel({
            model: { name: "models/hot", tags: { [`t${index}`]: "x" } },
            updateMask: { paths: [`tags.t${index}`] },
          }),
        ),
      );
      const { model } = await alice.models.getModel({ name: "models/hot" });
      expect(Object.keys(model?.tags ?? {})).to.have.length(20);
    });
  });

  describe("RenameModel", () => {
    it("keeps uid and history and frees the old name", async () => {
      const { model } = await create("old name");
      const renamed = await alice.models.renameModel({ name: "models/old name", newName: "models/new name" });
      expect(renamed.model).to.deep.include({ name: "models/new name", uid: model?.uid });
      await refusal(alice.models.getModel({ name: "models/old name" }), "MODEL_NOT_FOUND");
      expect((await alice.models.getModel({ name: "models/new name" })).model?.uid).to.equal(model?.uid);
      expect((await create("old name")).model?.uid).to.not.equal(model?.uid);
    });

    it("refuses taken and bad names and stale etags", async () => {
      const { model } = await create("renaming");
      await create("in the way");
      const rename = (newName: string, etag = "") =>
        alice.models.renameModel({ name: "models/renaming", newName, etag });
      await refusal(rename("models/in the way"), "MODEL_EXISTS");
      await refusal(rename("models/a@b"), "MODEL_NAME_INVALID");
      await refusal(rename("models/fine", "stale"), "ETAG_MISMATCH");
      expect((await rename("models/fine", model?.etag)).model?.name).to.equal("models/fine");
    });
  });

  describe("DeleteModel, UndeleteModel and PurgeModel", () => {
    it("hide a model, bring it back, and remove it for good", async () => {
      const admin = server.as({ role: "admin" });
      const { model } = await create("mortal");
      const name = "models/mortal";
      const deleted = await alice.models.deleteModel({ name });
      expect(deleted.model?.deleteTime).to.not.equal(undefined);
      expect((await alice.models.getModel({ name })).model?.deleteTime).to.deep.equal(deleted.model?.deleteTime);
      const listed = async (showDeleted: boolean) =>
        (await alice.models.listModels({ filter: 'name = "mortal"', showDeleted })).models.map(({ uid }) => uid);
      expect(await listed(false)).to.deep.equal([]);
      expect(await listed(true)).to.deep.equal([model?.uid]);
      await refusal(alice.models.deleteModel({ name }), "MODEL_NOT_FOUND");

      const undeleted = await alice.models.undeleteModel({ name });
      expect(undeleted.model?.deleteTime).to.equal(undefined);
      expect(await alice.models.undeleteModel({ name })).to.deep.equal(undeleted);
      expect(await listed(false)).to.deep.equal([model?.uid]);

      expect((await refusal(admin.models.purgeModel({ name }), "MODEL_NOT_DELETED")).code).to.equal(
        "FAILED_PRECONDITION",
      );
      await alice.models.deleteModel({ name });
      await refusal(alice.models.purgeModel({ name }), "ROLE_REQUIRED");
      await admin.models.purgeModel({ name });
      await refusal(alice.models.getModel({ name }), "MODEL_NOT_FOUND");
      await refusal(admin.models.purgeModel({ name }), "MODEL_NOT_FOUND");
      expect((await create("mortal")).model?.uid).to.not.equal(model?.uid);
    });

    it("heed the etag", async () => {
      await create("guarded");
      const error = await refusal(alice.models.deleteModel({ name: "models/guarded", etag: "stale" }), "ETAG_MISMATCH");
      expect(error.message).to.contain("models/guarded was changed");
    });
  });

  describe("access", () => {
    it("lets viewers read only", async () => {
      await create("readable");
      const viewer = server.as({ role: "viewer", principal: "users/victor" });
      expect((await viewer.models.getModel({ name: "models/readable" })).model?.name).to.equal("models/readable");
      await refusal(viewer.models.createModel({ model: { name: "models/v" } }), "ROLE_REQUIRED");
      await refusal(viewer.models.deleteModel({ name: "models/readable" }), "ROLE_REQUIRED");
    });
  });
});
