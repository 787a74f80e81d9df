import { commitOrThrow } from "@slipway/resources";
import { expect } from "chai";
import { findRenames } from "../across-tenants.ts";
import { ChangeStore } from "../changes/change-store.ts";
import { KeyedQueue } from "../changes/keyed-queue.ts";
import { acme, type Clients, type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { VersionStore } from "../versions/version-store.ts";
import { ModelStore } from "./model-store.ts";
import { RenameStore } from "./rename-store.ts";
import { RenameWorker } from "./rename-worker.ts";

describe("RenameWorker", () => {
  let server: MetadataServer;
  let alice: Clients;
  let models: ModelStore;
  let stored: VersionStore;
  let renames: RenameWorker;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    const { documents, clock, ids, acrossTenants } = server;
    models = new ModelStore(documents);
    stored = new VersionStore(documents, models);
    renames = new RenameWorker({
      models,
      versions: stored,
      renames: new RenameStore(documents),
      changes: new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() }),
      findRenames: () => findRenames(acrossTenants),
      wake: () => undefined,
    });
  });
  after(() => server.close());

  const never = new AbortController().signal;
  const count = async (filter: string) =>
    (await alice.versions.listVersions({ parent: "models/-", filter, pageSize: 1000 })).versions.length;

  it("has all versions of a small model found by the new name at once", async () => {
    const versions = new Versions(server);
    const name = await versions.model("small");
    for (let made = 0; made < 3; made += 1) await versions.create(name);
    await alice.models.renameModel({ name, newName: "models/tiny one" });
    expect(await count("model = small OR small")).to.equal(0);
    expect(await count('model = "tiny one" tiny model = "models/t*" name = "models/tiny one/versions/*"')).to.equal(3);
    expect(await renames.finishAll(never)).to.equal(0);
  });

  it("has those of a large model found by it soon, whoever finishes it", async () => {
    const versions = new Versions(server);
    const name = await versions.model("large");
    for (let made = 0; made < 50; made += 1) await versions.create(name);
    await alice.models.renameModel({ name, newName: "models/huge" });
    while ((await count("model = huge")) < 50) await renames.finishAll(never);
    expect(await count("model = large")).to.equal(0);
    while ((await findRenames(server.acrossTenants)).length > 0) await renames.finishAll(never);
  });

  it("goes on where it was left, with the name that the model has then", async () => {
    const versions = new Versions(server);
    const name = await versions.model("one");
    for (let made = 0; made < 50; made += 1) await versions.create(name);
    const { documents, ids } = server;
    const model = await models.find(acme.tenantUid, "one");
    if (model === undefined) throw new Error("the model is missing");
    for (const newName of ["models/two", "models/three"]) {
      const renamed = { ...model, model: { ...model.model, name: newName } };
      const { told, isMore } = await renames.tell(acme.tenantUid, renamed);
      expect(isMore).to.equal(true);
      await commitOrThrow(documents, ids, told);
    }
    expect([await count("model = two"), await count("model = three")]).to.deep.equal([0, 20]);
    await renames.finishAll(AbortSignal.abort(new Error("gone"))).then(
      () => expect.fail("was not left"),
      (error: Error) => expect(error.message).to.equal("gone"),
    );
    expect(await renames.finishAll(never)).to.equal(1);
    expect(await count("model = one")).to.equal(50);
    expect(await renames.finishAll(never)).to.equal(0);
  });
});
