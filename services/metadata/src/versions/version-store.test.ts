import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { ModelStore } from "../models/model-store.ts";
import { acme, type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { VersionStore } from "./version-store.ts";

describe("VersionStore", () => {
  let server: MetadataServer;
  let versions: Versions;
  let store: VersionStore;
  before(async () => {
    server = await startMetadata();
    versions = new Versions(server);
    store = new VersionStore(server.documents, new ModelStore(server.documents));
  });
  after(() => server.close());

  it("tells which versions of a tenant reference an artifact, and whether they count", async () => {
    const alice = server.as();
    const digest = (0xa).toString(16).padStart(64, "0");
    expect(await store.ofArtifact(acme.tenantUid, digest)).to.deep.equal([]);
    const [kept, gone] = [await versions.model("kept"), await versions.model("gone")];
    await versions.create(kept, { artifact: 0xa });
    await versions.publish(kept, { artifact: 0xa });
    await versions.finish(await versions.create(kept, { artifact: 0xa }), Verdict.DANGEROUS);
    const { name } = await versions.create(kept, { artifact: 0xa });
    await alice.versions.deleteVersion({ name });
    await versions.publish(gone, { artifact: 0xa });
    await alice.models.deleteModel({ name: gone });
    await versions.publish(kept, { artifact: 0xb });

    const found = await store.ofArtifact(acme.tenantUid, digest);
    expect(found.map(({ name }) => name)).to.deep.equal([
      "models/kept/versions/1.0.0",
      "models/kept/versions/1.0.1",
      "models/kept/versions/1.0.2",
      "models/kept/versions/1.0.3",
      "models/gone/versions/1.0.0",
    ]);
    expect(found.map(({ state, verdict, deleted }) => ({ state, verdict, deleted }))).to.deep.equal([
      { state: VersionState.VALIDATING, verdict: Verdict.UNSPECIFIED, deleted: false },
      { state: VersionState.PUBLISHED, verdict: Verdict.SAFE, deleted: false },
      { state: VersionState.REJECTED, verdict: Verdict.DANGEROUS, deleted: false },
      { state: VersionState.VALIDATING, verdict: Verdict.UNSPECIFIED, deleted: true },
      { state: VersionState.PUBLISHED, verdict: Verdict.SAFE, deleted: true },
    ]);
    expect(await store.ofArtifact("00000000-0000-7000-8000-0000000000b0", digest)).to.deep.equal([]);
  });

  it("finds a model by its name when another process has renamed it meanwhile", async () => {
    const alice = server.as();
    const mine = new ModelStore(server.documents);
    await versions.model("moves");
    const before = await mine.find(acme.tenantUid, "moves");
    await alice.models.renameModel({ name: "models/moves", newName: "models/moved" });
    expect(await mine.find(acme.tenantUid, "moves")).to.equal(undefined);
    expect((await mine.find(acme.tenantUid, "moved"))?.model.uid).to.equal(before?.model.uid);
    await versions.model("moves");
    const after = await mine.find(acme.tenantUid, "moves");
    expect(after?.model.uid).to.be.a("string").and.not.equal(before?.model.uid);
    await alice.models.renameModel({ name: "models/moves", newName: "models/elsewhere" });
    await alice.models.renameModel({ name: "models/moved", newName: "models/moves" });
    expect((await mine.find(acme.tenantUid, "moves"))?.model.uid).to.equal(before?.model.uid);
  });
});
