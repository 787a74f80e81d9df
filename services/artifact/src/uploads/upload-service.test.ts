import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { expect } from "chai";
import { ALICE, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import { download, failureOf, push, randomBytes, sha256, startUpload, uploadFile } from "../testing/pushing.test.ts";

const HOUR_MS = 60 * 60 * 1000;

describe("an upload", () => {
  afterEach(closeHarnesses);

  for (const grpc of [false, true]) {
    it(`becomes an artifact that is downloaded byte for byte${grpc ? " over HTTP/2" : ""}`, async () => {
      const { as } = await openHarness({ grpc });
      const files = {
        "model.onnx": randomBytes(5_000_000, 1),
        "empty.txt": Buffer.alloc(0),
        "data/a.bin": randomBytes(100, 2),
      };
      const { artifact, storedBytes } = await push(as(ALICE), files);
      expect(storedBytes).to.equal(5_000_100);
      expect(artifact).to.include({ fileCount: 3, sizeBytes: 5_000_100n });
      for (const [path, bytes] of Object.entries(files)) {
        expect(sha256(await download(as(ALICE), artifact.name, path))).to.equal(sha256(bytes));
      }
    });
  }

  it("is started once for a request id", async () => {
    const { uploads } = (await openHarness()).as(ALICE);
    const requestId = "01234567-89ab-4cde-8f01-23456789abcd";
    const first = await uploads.startUpload({ requestId });
    expect(first.upload).to.include({ state: UploadState.OPEN, creator: "users/alice", artifact: "" });
    expect((await uploads.startUpload({ requestId })).upload).to.deep.equal(first.upload);
    expect((await uploads.startUpload({})).upload?.name).not.to.equal(first.upload?.name);
  });

  it("tells its files in pages, sorted by the bytes of their paths", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    // UTF-16 order would put the emoji before the private-use letter.
    const paths = ["b", "a/z", "a", "\u{1F600}", "\uE000", "a/b"];
    for (const path of paths) await uploadFile(clients, upload, path, Buffer.from(path));
    const sorted = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await clients.uploads.getUpload({ name: upload, pageSize: 4, pageToken });
      seen.push(...page.files.map(({ path }) => path));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).to.deep.equal(sorted);
    const other = await startUpload(clients);
    const { nextPageToken } = await clients.uploads.getUpload({ name: upload, pageSize: 4 });
    const failure = await failureOf(clients.uploads.getUpload({ name: other, pageSize: 4, pageToken: nextPageToken }));
    expect(failure.reason).to.equal("PAGE_TOKEN_INVALID");
  });

  const others = ["acme/users/bob/contributor", "acme/users/bob/reviewer", "other/users/alice/admin"];
  for (const other of others) {
    it(`does not exist for ${other}`, async () => {
      const harness = await openHarness();
      const upload = await startUpload(harness.as(ALICE));
      await uploadFile(harness.as(ALICE), upload, "f", Buffer.from("x"));
      const { uploads } = harness.as(other);
      const calls = [
        uploads.getUpload({ name: upload }),
        uploads.findMissingFiles({ upload, files: [{ path: "f", sha256: "0".repeat(64) }] }),
        uploadFile(harness.as(other), upload, "g", Buffer.from("y")),
        uploads.completeUpload({ upload }),
        uploads.abortUpload({ name: upload }),
      ];
      for (const call of calls) expect((await failureOf(call)).reason).to.equal("UPLOAD_NOT_FOUND");
      const { files } = await harness.as(ALICE).uploads.getUpload({ name: upload });
      expect(files.map(({ path }) => path)).to.deep.equal(["f"]);
    });
  }

  it("is also an administrator's", async () => {
    const harness = await openHarness();
    const upload = await startUpload(harness.as(ALICE));
    const { uploads } = harness.as("acme/users/root/admin");
    expect((await uploads.getUpload({ name: upload })).upload?.creator).to.equal("users/alice");
  });

  it("is given up once and for all", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    for (let time = 0; time < 2; time += 1) {
      expect((await clients.uploads.abortUpload({ name: upload })).upload?.state).to.equal(UploadState.ABORTED);
    }
    const refusals = [uploadFile(clients, upload, "f", Buffer.from("x")), clients.uploads.completeUpload({ upload })];
    for (const call of refusals) expect((await failureOf(call)).reason).to.equal("UPLOAD_NOT_OPEN");
  });

  it("cannot be given up when it is completed", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    await uploadFile(clients, upload, "f", Buffer.from("x"));
    await clients.uploads.completeUpload({ upload });
    expect((await failureOf(clients.uploads.abortUpload({ name: upload }))).reason).to.equal("UPLOAD_NOT_OPEN");
    expect((await failureOf(uploadFile(clients, upload, "g", Buffer.from("y")))).reason).to.equal("UPLOAD_NOT_OPEN");
  });

  it("ends 24 hours after its last write", async () => {
    const { clock, as } = await openHarness();
    const clients = as(ALICE);
    const upload = await startUpload(clients);
    clock.advance(23 * HOUR_MS);
    await uploadFile(clients, upload, "f", Buffer.from("x"));
    const moved = (await clients.uploads.getUpload({ name: upload })).upload;
    expect(Number(moved?.expireTime?.seconds) * 1000).to.equal(clock.nowMs() + 24 * HOUR_MS);
    clock.advance(24 * HOUR_MS);
    expect((await failureOf(clients.uploads.getUpload({ name: upload }))).reason).to.equal("UPLOAD_NOT_FOUND");
  });
});
