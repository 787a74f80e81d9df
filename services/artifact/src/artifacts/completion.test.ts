import { createHash } from "node:crypto";
import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { expect } from "chai";
import { ALICE, type Clients, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import { failureOf, push, randomBytes, sha256, startUpload, uploadFile } from "../testing/pushing.test.ts";

/** The digest as docs/manifest.md defines it, written down once more. */
function digestOf(files: Readonly<Record<string, Uint8Array>>): string {
  const lines = Object.entries(files)
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, bytes]) => `${sha256(bytes)} ${bytes.length} ${path}\n`);
  return createHash("sha256")
    .update(`slipway-manifest-v1\n${lines.join("")}`)
    .digest("hex");
}

const FILES = { "b.bin": randomBytes(300_000, 1), "a/x.txt": Buffer.from("x"), "a.txt": Buffer.from("a") };

async function uploadAll(clients: Clients, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const upload = await startUpload(clients);
  for (const [path, bytes] of Object.entries(files)) await uploadFile(clients, upload, path, bytes);
  return upload;
}

async function completedEvents({ events }: Clients) {
  for await (const { event } of events.watchEvents({ after: 0n })) return event;
  return undefined;
}

describe("CompleteUpload", () => {
  afterEach(closeHarnesses);

  it("names the artifact by the SHA-256 of its manifest and tells what it is", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await uploadAll(clients, FILES);
    const { artifact } = await clients.uploads.completeUpload({ upload, artifactDigest: digestOf(FILES) });
    expect(artifact).to.include({ digest: digestOf(FILES), state: ArtifactState.READY, fileCount: 3 });
    expect(artifact?.name).to.equal(`artifacts/${digestOf(FILES)}`);
    expect(artifact?.summary).not.to.equal(undefined);
    const { files } = await clients.artifacts.listFiles({ artifact: artifact?.name ?? "" });
    expect(files.map(({ path, sizeBytes, sha256: digest }) => [path, sizeBytes, digest])).to.deep.equal(
      (["a.txt", "a/x.txt", "b.bin"] as const).map((path) => [path, BigInt(FILES[path].length), sha256(FILES[path])]),
    );
    const done = (await clients.uploads.getUpload({ name: upload })).upload;
    expect(done).to.include({ state: UploadState.COMPLETED, artifact: artifact?.name });
  });

  it("gives the same artifact when it is repeated, at once or after another, and reports it once", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await uploadAll(clients, FILES);
    const both = await Promise.all([
      clients.uploads.completeUpload({ upload }),
      clients.uploads.completeUpload({ upload }),
    ]);
    const again = await clients.uploads.completeUpload({ upload, artifactDigest: digestOf(FILES) });
    for (const { artifact } of [...both, again]) expect(artifact?.digest).to.equal(digestOf(FILES));
    await push(clients, FILES);
    const event = await completedEvents(clients);
    expect(event).to.deep.include({ type: "slipway.artifact.completed", actor: "users/alice", position: 1n });
    expect(event?.subject).to.equal(`tenants/acme/artifacts/${digestOf(FILES)}`);
    expect(event?.payload).to.include({ digest: digestOf(FILES), state: "ARTIFACT_STATE_READY" });
    expect((await clients.events.listEvents({})).events).to.have.length(1);
  });

  it("refuses another digest than the expected one, and the upload goes on", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await uploadAll(clients, FILES);
    const wrong = { upload, artifactDigest: "0".repeat(64) };
    const failure = await failureOf(clients.uploads.completeUpload(wrong));
    expect(failure).to.include({ reason: "ARTIFACT_DIGEST_MISMATCH" });
    expect(failure.metadata.actual).to.equal(digestOf(FILES));
    await uploadFile(clients, upload, "c", Buffer.from("c"));
    const { artifact } = await clients.uploads.completeUpload({ upload });
    expect(artifact?.digest).to.equal(digestOf({ ...FILES, c: Buffer.from("c") }));
    expect((await failureOf(clients.uploads.completeUpload(wrong))).reason).to.equal("ARTIFACT_DIGEST_MISMATCH");
  });

  const clashing: [string, string[]][] = [
    ["differ by case only", ["Model.onnx", "model.onnx"]],
    ["are a file and its folder", ["model", "model/weights"]],
  ];
  for (const [what, paths] of clashing) {
    it(`refuses paths that ${what}`, async () => {
      const clients = (await openHarness()).as(ALICE);
      const upload = await uploadAll(clients, Object.fromEntries(paths.map((path) => [path, Buffer.from(path)])));
      expect((await failureOf(clients.uploads.completeUpload({ upload }))).reason).to.equal("PATH_INVALID");
    });
  }

  it("refuses an upload without files", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    const failure = await failureOf(clients.uploads.completeUpload({ upload }));
    expect(failure).to.include({ reason: "UPLOAD_EMPTY", code: "FAILED_PRECONDITION" });
  });

  it("lists artifacts of many files page by page", async () => {
    const clients = (await openHarness()).as(ALICE);
    const { artifact } = await push(clients, { f: Buffer.from("same") });
    const [file] = (await clients.artifacts.listFiles({ artifact: artifact.name })).files;
    if (file === undefined) throw new Error("no file");
    const upload = await startUpload(clients);
    const paths = Array.from({ length: 4500 }, (_, index) => `d/${String(index).padStart(5, "0")}`);
    for (let from = 0; from < paths.length; from += 1000) {
      const files = paths.slice(from, from + 1000).map((path) => ({ ...file, path }));
      expect((await clients.uploads.findMissingFiles({ upload, files })).missingPaths).to.deep.equal([]);
    }
    const many = (await clients.uploads.completeUpload({ upload })).artifact?.name ?? "";
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await clients.artifacts.listFiles({ artifact: many, pageSize: 700, pageToken });
      seen.push(...page.files.map(({ path }) => path));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).to.deep.equal(paths);
    const { nextPageToken } = await clients.artifacts.listFiles({ artifact: many, pageSize: 700 });
    const elsewhere = clients.artifacts.listFiles({ artifact: artifact.name, pageSize: 700, pageToken: nextPageToken });
    expect((await failureOf(elsewhere)).reason).to.equal("PAGE_TOKEN_INVALID");
  });
});
