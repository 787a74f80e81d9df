import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("aliases", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

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
