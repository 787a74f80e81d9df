import { expect } from "chai";
import { ALICE, closeHarnesses, openHarness, tenantUidOf } from "./harness.test.ts";
import {
  download,
  failureOf,
  fileRequests,
  push,
  randomBytes,
  sha256,
  startUpload,
  uploadFile,
} from "./pushing.test.ts";

const MIB = 1024 * 1024;
const BYTES = randomBytes(44 * MIB, 61);

/** Two instances of the service on one database and one object store, as two processes would be. */
async function twoInstances() {
  const first = await openHarness();
  const second = await openHarness({ folder: first.folder });
  return { first, second };
}

describe("two instances of the service", () => {
  afterEach(closeHarnesses);

  it("let one writer of a file win, and tell the other", async () => {
    const { first, second } = await twoInstances();
    const upload = await startUpload(first.as(ALICE));
    const other = Buffer.from("other");
    async function* overtaken() {
      yield* fileRequests({ upload, path: "f" }, BYTES.subarray(0, 40 * MIB));
      while ((await first.as(ALICE).uploads.getUpload({ name: upload })).files.length === 0);
      await uploadFile(second.as(ALICE), upload, "f", other);
      yield { content: { case: "data" as const, value: BYTES.subarray(40 * MIB) } };
    }
    expect((await failureOf(first.as(ALICE).uploads.uploadFile(overtaken()))).reason).to.equal("UPLOAD_FILE_BUSY");
    const { artifact } = await first.as(ALICE).uploads.completeUpload({ upload });
    expect((await download(second.as(ALICE), artifact?.name ?? "", "f")).equals(other)).to.equal(true);
  });

  it("store a chunk once that comes to both at once, and count it once", async () => {
    const { first, second } = await twoInstances();
    const bytes = BYTES.subarray(0, 8 * MIB);
    const pushed = await Promise.all([first, second].map(({ as }) => push(as(ALICE), { f: bytes })));
    expect(pushed[0]?.artifact.digest).to.equal(pushed[1]?.artifact.digest);
    expect(pushed.reduce((sum, { storedBytes }) => sum + storedBytes, 0)).to.equal(bytes.length);
    const query = { tenant: tenantUidOf("acme"), collection: "chunks" };
    const objects = await Array.fromAsync(first.objects.list(`${tenantUidOf("acme")}/chunks/`));
    expect(await first.documents.count(query, 1000)).to.equal(objects.length);
    const name = pushed[0]?.artifact.name ?? "";
    for (const { as } of [first, second]) expect(sha256(await download(as(ALICE), name, "f"))).to.equal(sha256(bytes));
  });

  it("complete one upload once when both are asked at once", async () => {
    const { first, second } = await twoInstances();
    const upload = await startUpload(first.as(ALICE));
    await uploadFile(first.as(ALICE), upload, "f", Buffer.from("x"));
    const both = await Promise.all([first, second].map(({ as }) => as(ALICE).uploads.completeUpload({ upload })));
    expect(both[0]?.artifact?.digest).to.equal(both[1]?.artifact?.digest);
    const query = { tenant: tenantUidOf("acme"), collection: "events" };
    expect(await first.documents.count(query, 10)).to.equal(1);
    expect(await first.documents.count({ ...query, collection: "artifact-pages" }, 10)).to.equal(1);
  });
});
