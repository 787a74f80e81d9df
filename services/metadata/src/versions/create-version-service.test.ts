import { randomUUID } from "node:crypto";
import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { Bump, type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { askForVersion, base, type VersionRequest, wider } from "../testing/version-requests.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("CreateVersion", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  let models = 0;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  const newModel = async () => {
    models += 1;
    return versions.model(`model ${models}`);
  };
  const create = (parent: string, request?: VersionRequest) => askForVersion(server, parent, request);

  it("freezes what the artifact and the client tell, and starts validation", async () => {
    const parent = await newModel();
    const artifact = server.artifact(7, base);
    const { version, decision, unchanged } = await create(parent, {
      artifact,
      description: "first",
      tags: { env: "prod" },
      labels: ["l"],
      author: "Ada",
    });
    expect(version).to.deep.include({
      name: `${parent}/versions/1.0.0`,
      number: "1.0.0",
      ordinal: 1n,
      state: VersionState.VALIDATING,
      artifact,
      sizeBytes: 1007n,
      fileCount: 2,
      description: "first",
      tags: { env: "prod" },
      labels: ["l"],
      author: "Ada",
      stage: "",
      creator: "users/alice",
      url: `https://registry.example/models/${encodeURIComponent(parent.slice("models/".length))}/versions/1.0.0`,
    });
    expect(version?.signature?.inputs.map(({ name }) => name)).to.deep.equal(["x"]);
    expect(version?.summary?.formats).to.deep.equal(["onnx"]);
    expect(unchanged).to.equal(false);
    expect(decision).to.deep.include({ requiredBump: Bump.PATCH, comparedWith: "" });
    expect(decision?.reason).to.equal(
      "It is the model's first version: there is no earlier stable version to compare with.",
    );
    expect(server.artifacts.holders.has(version?.uid ?? "")).to.equal(true);
    expect((await alice.versions.getVersion({ name: version?.name ?? "" })).version).to.deep.equal(version);
    const [event] = await eventsOf(alice, version?.uid ?? "", 1);
    expect(event).to.deep.include({
      type: "slipway.version.created",
      subject: `tenants/acme/${parent}/versions/1.0.0`,
      aggregateRevision: 1n,
    });
    expect(event?.payload).to.deep.include({ artifact, state: "VERSION_STATE_VALIDATING", etag: version?.etag });
    const { model } = await alice.models.getModel({ name: parent });
    expect(model).to.deep.include({ versionCount: 1n, latestVersion: "" });
  });

  it("prefers the client's signature", async () => {
    const parent = await newModel();
    const { version } = await create(parent, { artifact: server.artifact(7, base), signature: wider });
    expect(version?.signature?.outputs.map(({ name }) => name)).to.deep.equal(["y", "score"]);
  });

  describe("unless_unchanged", () => {
    it("gives the newest version again while its artifact stays", async () => {
      const parent = await newModel();
      const first = await create(parent, { artifact: server.artifact(1), unlessUnchanged: true });
      expect(first.unchanged).to.equal(false);
      const holders = server.artifacts.holders.size;
      const again = await create(parent, { artifact: server.artifact(1), unlessUnchanged: true });
      expect(again.unchanged).to.equal(true);
      expect(again.version).to.deep.equal(first.version);
      expect(server.artifacts.holders.size).to.equal(holders);
      const other = await create(parent, { artifact: server.artifact(2), unlessUnchanged: true });
      expect(other.version?.number).to.equal("1.0.1");
      expect((await create(parent, { artifact: server.artifact(1), unlessUnchanged: true })).unchanged).to.equal(false);
      expect((await create(parent, { artifact: server.artifact(1) })).version?.number).to.equal("1.0.3");
    });

    it("heeds an explicit number", async () => {
      const parent = await newModel();
      const artifact = server.artifact(1);
      const numbered = (number: string) => create(parent, { artifact, number, unlessUnchanged: true });
      await numbered("1.0.0");
      expect((await numbered("1.0.0")).unchanged).to.equal(true);
      expect((await numbered("1.5.0")).version?.number).to.equal("1.5.0");
      expect((await numbered("1.5.0")).unchanged).to.equal(true);
      await refusal(numbered("1.5"), "VERSION_NUMBER_INVALID");
      await refusal(numbered("1.0.0"), "VERSION_NUMBER_TAKEN");
    });

    it("passes over deleted versions", async () => {
      const parent = await newModel();
      const first = await versions.create(parent, { artifact: 1 });
      await versions.create(parent, { artifact: 2 });
      await alice.versions.deleteVersion({ name: `${parent}/versions/1.0.1` });
      const again = await create(parent, { artifact: server.artifact(1), unlessUnchanged: true });
      expect(again.version?.uid).to.equal(first.uid);
    });

    it("gives the version again that the inspection rejected, until another of the artifact is made or asked for", async () => {
      const parent = await newModel();
      const artifact = server.artifact(1);
      const push = (request: VersionRequest = {}) => create(parent, { artifact, unlessUnchanged: true, ...request });
      await versions.finish((await push()).version as Version, Verdict.DANGEROUS);
      await versions.publish(parent, { artifact: 2 });
      const holders = server.artifacts.holders.size;
      const again = await push();
      expect([again.unchanged, again.decision]).to.deep.equal([true, undefined]);
      expect(again.version).to.include({ number: "1.0.0", state: VersionState.REJECTED });
      expect((await push({ number: "1.0.0" })).unchanged).to.equal(true);
      expect(server.artifacts.holders.size).to.equal(holders);
      expect((await push({ number: "2.0.0" })).version?.number).to.equal("2.0.0");
      await versions.publish(parent, { artifact: 2 });
      expect((await push()).unchanged).to.equal(false);
    });

    it("makes another version where the proof failed, since other bytes may prove it, or the rejected one is deleted", async () => {
      const parent = await newModel();
      const push = async () => {
        const { version, unchanged } = await create(parent, { artifact: server.artifact(1), unlessUnchanged: true });
        expect(unchanged).to.equal(false);
        return version as Version;
      };
      await versions.finish(await push(), Verdict.SUSPICIOUS, "runs/1", false);
      const rejected = await versions.finish(await push(), Verdict.DANGEROUS);
      expect(rejected.number).to.equal("1.0.1");
      await alice.versions.deleteVersion({ name: rejected.name });
      expect((await push()).number).to.equal("1.0.2");
    });

    it("makes one version of pushes at the same moment", async () => {
      const parent = await newModel();
      const replies = await Promise.all(Array.from({ length: 8 }, () => create(parent, { unlessUnchanged: true })));
      expect(new Set(replies.map(({ version }) => version?.uid)).size).to.equal(1);
      expect((await alice.models.getModel({ name: parent })).model?.versionCount).to.equal(1n);
    });
  });

  describe("refusals", () => {
    it("of unknown and deleted models leave no claim", async () => {
      const before = server.artifacts.holders.size;
      await refusal(create("models/nobody"), "MODEL_NOT_FOUND");
      const parent = await newModel();
      await alice.models.deleteModel({ name: parent });
      expect((await refusal(create(parent), "MODEL_DELETED")).code).to.equal("FAILED_PRECONDITION");
      expect(server.artifacts.holders.size).to.equal(before);
    });

    it("of numbers give the claim back", async () => {
      const parent = await newModel();
      await create(parent);
      const before = server.artifacts.holders.size;
      await refusal(create(parent, { number: "1.0.0" }), "VERSION_NUMBER_TAKEN");
      expect(server.artifacts.holders.size).to.equal(before);
    });

    it("of artifacts come from their service", async () => {
      const parent = await newModel();
      const unknown = `artifacts/${"f".repeat(64)}`;
      expect((await refusal(create(parent, { artifact: unknown }), "ARTIFACT_NOT_FOUND")).code).to.equal("NOT_FOUND");
      const corrupt = server.artifact(9, undefined, ArtifactState.CORRUPT);
      await refusal(create(parent, { artifact: corrupt }), "ARTIFACT_CORRUPT");
      await refusal(create(parent, { artifact: "artifacts/1" }), "RESOURCE_NAME_INVALID");
      const verifying = server.artifact(10, undefined, ArtifactState.VERIFYING);
      expect((await create(parent, { artifact: verifying })).version?.number).to.equal("1.0.0");
    });

    it("of signatures say where", async () => {
      const twice = {
        inputs: [
          { name: "x", dtype: "int8" },
          { name: "x", dtype: "int8" },
        ],
      };
      const error = await refusal(create(await newModel(), { signature: twice }), "REQUEST_INVALID");
      expect(error.fields[0]?.field).to.equal("signature.inputs[1].name");
      const inputs = Array.from({ length: 3000 }, (_, index) => ({ name: `${index}`.padEnd(200), dtype: "int8" }));
      const large = await refusal(create(await newModel(), { signature: { inputs } }), "REQUEST_INVALID");
      expect(large.fields[0]?.description).to.contain("more than 524288 bytes");
    });

    it("reach viewers first", async () => {
      const viewer = server.as({ role: "viewer" });
      const call = viewer.versions.createVersion({ parent: "models/nobody", artifact: server.artifact(1) });
      await refusal(call, "ROLE_REQUIRED");
    });

    it("of the model while the claim was made leave no version", async () => {
      const parent = await newModel();
      const before = server.artifacts.holders.size;
      server.artifacts.onAcquire = async () => {
        server.artifacts.onAcquire = async () => undefined;
        await alice.models.deleteModel({ name: parent });
      };
      await refusal(create(parent), "MODEL_DELETED");
      expect(server.artifacts.holders.size).to.equal(before);
    });
  });

  describe("request ids", () => {
    it("make one version, also at the same moment, and refuse another body", async () => {
      const parent = await newModel();
      const requestId = randomUUID();
      const replies = await Promise.all(Array.from({ length: 4 }, () => create(parent, { requestId })));
      const later = await create(parent, { requestId });
      expect(new Set([...replies, later].map(({ version }) => version?.uid)).size).to.equal(1);
      const error = await refusal(create(parent, { requestId, description: "other" }), "REQUEST_ID_REUSED");
      expect(error.message).to.contain(requestId);
      expect((await alice.models.getModel({ name: parent })).model?.versionCount).to.equal(1n);
    });
  });
});
