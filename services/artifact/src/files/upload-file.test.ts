import { expect } from "chai";
import { ALICE, type Clients, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import {
  download,
  failureOf,
  fileRequests,
  push,
  randomBytes,
  sha256,
  startUpload,
  uploadFile,
} from "../testing/pushing.test.ts";

/** Two chunks at least, whatever the cutter finds. */
const BYTES = randomBytes(9_000_000, 7);

async function filesOf({ uploads }: Clients, upload: string) {
  return (await uploads.getUpload({ name: upload })).files;
}

describe("UploadFile", () => {
  afterEach(closeHarnesses);

  const refusedPaths: [string, string][] = [
    ["/etc/passwd", "absolute"],
    ["C:/x", "absolute"],
    ["a/../b", "dot part"],
    ["./a", "dot part"],
    ["a//b", "empty part"],
    ["a/", "empty part"],
    ["a\\b", "backslash"],
    ["a\u0000b", "NUL"],
    ["a\nb", "control character"],
    ["e\u0301.txt", "NFD"],
    [`${"é".repeat(500)}/${"é".repeat(20)}`, "too long"],
  ];
  for (const [path, problem] of refusedPaths) {
    it(`refuses a path with ${problem}: ${JSON.stringify(path).slice(0, 30)}`, async () => {
      const clients = (await openHarness()).as(ALICE);
      const upload = await startUpload(clients);
      const failure = await failureOf(uploadFile(clients, upload, path, Buffer.from("x")));
      expect(failure).to.include({ reason: "PATH_INVALID", code: "INVALID_ARGUMENT" });
      expect(await filesOf(clients, upload)).to.deep.equal([]);
    });
  }

  const wrong: [string, Parameters<typeof fileRequests>[0], string][] = [
    ["digest", { sha256: "0".repeat(64) }, "FILE_DIGEST_MISMATCH"],
    ["size, too small", { sizeBytes: BigInt(BYTES.length - 1) }, "FILE_SIZE_MISMATCH"],
    ["size, too large", { sizeBytes: BigInt(BYTES.length + 1) }, "FILE_SIZE_MISMATCH"],
    ["offset in a new file", { offsetBytes: 5n }, "UPLOAD_OFFSET_MISMATCH"],
  ];
  for (const [what, header, reason] of wrong) {
    it(`refuses a wrong ${what} and keeps nothing of the file`, async () => {
      const clients = (await openHarness()).as(ALICE);
      const upload = await startUpload(clients);
      const failure = await failureOf(uploadFile(clients, upload, "f", BYTES, header));
      expect(failure).to.include({ reason, code: "INVALID_ARGUMENT" });
      expect(await filesOf(clients, upload)).to.deep.equal([]);
      await uploadFile(clients, upload, "f", BYTES, { sha256: sha256(BYTES), sizeBytes: BigInt(BYTES.length) });
      expect(await filesOf(clients, upload)).to.have.length(1);
    });
  }

  it("refuses bytes before the header, a second header, and an empty stream", async () => {
    const { uploads, ...clients } = (await openHarness()).as(ALICE);
    const upload = await startUpload({ uploads, ...clients });
    const header = { content: { case: "header" as const, value: { upload, path: "f" } } };
    const data = { content: { case: "data" as const, value: BYTES.subarray(0, 10) } };
    for (const requests of [[data], [], [header, data, header], [header, {}]]) {
      async function* stream() {
        yield* requests;
      }
      expect((await failureOf(uploads.uploadFile(stream()))).reason).to.equal("UPLOAD_HEADER_MISSING");
    }
  });

  it("replaces a finished file that is sent again, and refuses to continue it", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    await uploadFile(clients, upload, "f", Buffer.from("old"));
    const failure = await failureOf(uploadFile(clients, upload, "f", Buffer.from("older"), { offsetBytes: 3n }));
    expect(failure.reason).to.equal("UPLOAD_OFFSET_MISMATCH");
    const wrong = await failureOf(uploadFile(clients, upload, "f", Buffer.from("bad"), { sha256: "0".repeat(64) }));
    expect(wrong.reason).to.equal("FILE_DIGEST_MISMATCH");
    expect((await filesOf(clients, upload))[0]).to.include({ complete: true, sha256: sha256(Buffer.from("old")) });
    const { file } = await uploadFile(clients, upload, "f", Buffer.from("new"));
    expect(file).to.include({ complete: true, durableBytes: 3n, sha256: sha256(Buffer.from("new")) });
    const { artifact } = await clients.uploads.completeUpload({ upload });
    expect((await download(clients, artifact?.name ?? "", "f")).toString()).to.equal("new");
  });

  it("takes messages of any size", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    for (const messageBytes of [70_000, 1_500_000, 4 * 1024 * 1024]) {
      const requests = fileRequests({ upload, path: `f${messageBytes}` }, BYTES, messageBytes);
      expect((await clients.uploads.uploadFile(requests)).file?.sha256).to.equal(sha256(BYTES));
    }
  });

  it("stores at most 12 % of a second version with one contiguous tenth changed", async () => {
    const clients = (await openHarness()).as(ALICE);
    const first = randomBytes(128 * 1024 * 1024, 3);
    const second = Buffer.from(first);
    randomBytes(first.length / 10, 4).copy(second, 20_000_000);
    await push(clients, { weights: first });
    const { artifact, storedBytes } = await push(clients, { weights: second });
    expect(storedBytes / second.length).to.be.within(0.09, 0.12);
    expect(sha256(await download(clients, artifact.name, "weights"))).to.equal(sha256(second));
  });

  it("stores the same bytes once, also when two uploads bring them at the same moment", async () => {
    const { as, objects } = await openHarness();
    const clients = as(ALICE);
    const uploads = await Promise.all([1, 2, 3].map(() => startUpload(clients)));
    const replies = await Promise.all(uploads.map((upload) => uploadFile(clients, upload, "f", BYTES)));
    expect(replies.reduce((sum, { storedBytes }) => sum + Number(storedBytes), 0)).to.equal(BYTES.length);
    let objectBytes = 0;
    for await (const { sizeBytes } of objects.list("00000000-0000-7000-8000-000061636d65/")) objectBytes += sizeBytes;
    expect(objectBytes).to.equal(BYTES.length);
  });

  it("stores for every tenant apart", async () => {
    const { as } = await openHarness();
    await push(as(ALICE), { f: BYTES });
    expect((await push(as("other/users/bob/contributor"), { f: BYTES })).storedBytes).to.equal(BYTES.length);
  });
});
