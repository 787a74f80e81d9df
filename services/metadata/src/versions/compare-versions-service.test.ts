import { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { acme, type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { base, broken } from "../testing/version-requests.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("CompareVersions", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  const announce = (seed: number, files: Record<string, number>) =>
    server.artifacts.announceFiles(acme.tenantUid, server.artifact(seed), files);

  it("puts versions of two models side by side", async () => {
    const [one, other] = [await versions.model("compared"), await versions.model("other")];
    announce(1, { "a.txt": 1, b: 2, "model.onnx": 3 });
    announce(2, { "a.txt": 1, c: 2, "model.onnx": 4 });
    const first = await versions.create(one, { artifact: 1, tags: { env: "dev" }, labels: ["x"] });
    const second = await versions.create(other, { artifact: 2, tags: { env: "prod" }, labels: ["x", "y"] });
    const { comparison } = await alice.versions.compareVersions({ first: first.name, second: second.name });
    expect(comparison?.first).to.include({
      name: first.name,
      uid: first.uid,
      number: "1.0.0",
      artifact: first.artifact,
    });
    expect(comparison?.second).to.include({ name: second.name, sizeBytes: 1002n, fileCount: 2 });
    expect(comparison?.files).to.include({ addedCount: 1, removedCount: 1, changedCount: 1, unchangedCount: 1 });
    expect(comparison?.tags[0]).to.include({ key: "env", first: "dev", second: "prod" });
    expect(comparison?.labels).to.deep.include({ both: ["x"], secondOnly: ["y"] });
    expect(comparison?.signature?.summary).to.contain(`${first.name} and ${second.name} have no signature`);
  });

  it("says what bump the second needs after the first, in either direction", async () => {
    const parent = await versions.model("signed");
    announce(1, { README: 1, "model.onnx": 3 });
    for (const signature of [base, broken]) {
      await alice.versions.createVersion({ parent, artifact: server.artifact(1), signature });
    }
    const [first, second] = [`${parent}/versions/1.0.0`, `${parent}/versions/2.0.0`];
    const { comparison } = await alice.versions.compareVersions({ first, second });
    expect(comparison?.signature?.requiredBump).to.equal(Bump.MAJOR);
    // One artifact of both: its files are the same without looking at all of them.
    expect(comparison?.files).to.include({ unchangedCount: 2, addedCount: 0, omittedCount: 0 });
    const back = await alice.versions.compareVersions({ first: second, second: first });
    expect(back.comparison?.signature?.differences[0]?.description).to.equal("type changed from float64 to float32");
  });

  it("shows nothing of what the caller cannot see", async () => {
    const parent = await versions.model("hidden");
    announce(1, { "model.onnx": 3 });
    const open = await versions.publish(parent, { artifact: 1 });
    const waiting = await versions.create(parent, { artifact: 1 });
    const viewer = server.as({ role: "viewer", principal: "users/vera" });
    await viewer.versions.compareVersions({ first: open.name, second: open.name });
    for (const request of [
      { first: open.name, second: waiting.name },
      { first: waiting.name, second: open.name },
    ]) {
      await refusal(viewer.versions.compareVersions(request), "VERSION_NOT_FOUND");
    }
    const missing = `${parent}/versions/9.0.0`;
    const error = await refusal(
      alice.versions.compareVersions({ first: open.name, second: missing }),
      "VERSION_NOT_FOUND",
    );
    expect(error.message).to.contain(missing);
    await refusal(alice.versions.compareVersions({ first: "iris", second: missing }), "RESOURCE_NAME_INVALID");
    await alice.versions.deleteVersion({ name: waiting.name });
    await refusal(alice.versions.compareVersions({ first: open.name, second: waiting.name }), "VERSION_NOT_FOUND");
  });
});
