import { expect } from "chai";
import { ALICE, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import { download, failureOf, push, randomBytes, sha256, startUpload, uploadFile } from "../testing/pushing.test.ts";

const KNOWN = randomBytes(2_000_000, 21);
const UNKNOWN = randomBytes(1000, 22);

function claim(path: string, bytes: Uint8Array) {
  return { path, sizeBytes: BigInt(bytes.length), sha256: sha256(bytes) };
}

describe("FindMissingFiles", () => {
  afterEach(closeHarnesses);

  it("takes known files over without their bytes and names the others", async () => {
    const clients = (await openHarness()).as(ALICE);
    await push(clients, { old: KNOWN });
    const upload = await startUpload(clients);
    const files = [claim("a", KNOWN), claim("b", UNKNOWN), claim("c", KNOWN)];
    for (let time = 0; time < 2; time += 1) {
      expect((await clients.uploads.findMissingFiles({ upload, files })).missingPaths).to.deep.equal(["b"]);
    }
    expect((await uploadFile(clients, upload, "b", UNKNOWN)).storedBytes).to.equal(1000n);
    const { artifact } = await clients.uploads.completeUpload({ upload });
    expect(artifact?.fileCount).to.equal(3);
    expect(sha256(await download(clients, artifact?.name ?? "", "c"))).to.equal(sha256(KNOWN));
  });

  it("knows only what its own tenant has proven", async () => {
    const { as } = await openHarness();
    await push(as(ALICE), { old: KNOWN });
    const clients = as("other/users/bob/contributor");
    const files = [claim("a", KNOWN)];
    const { missingPaths } = await clients.uploads.findMissingFiles({ upload: await startUpload(clients), files });
    expect(missingPaths).to.deep.equal(["a"]);
  });

  const refused: [string, ReturnType<typeof claim>[], string][] = [
    ["a path that no artifact may have", [claim("../a", KNOWN)], "PATH_INVALID"],
    ["a path that stands twice with other bytes", [claim("a", KNOWN), claim("a", UNKNOWN)], "PATH_INVALID"],
    ["a digest of other length", [{ ...claim("a", KNOWN), sizeBytes: 5n }], "FILE_SIZE_MISMATCH"],
    ["a malformed digest", [{ ...claim("a", KNOWN), sha256: "xyz" }], "REQUEST_INVALID"],
  ];
  for (const [what, files, reason] of refused) {
    it(`refuses ${what}`, async () => {
      const clients = (await openHarness()).as(ALICE);
      await push(clients, { old: KNOWN });
      const upload = await startUpload(clients);
      expect((await failureOf(clients.uploads.findMissingFiles({ upload, files }))).reason).to.equal(reason);
      expect((await clients.uploads.getUpload({ name: upload })).files).to.deep.equal([]);
    });
  }

  it("refuses an upload that is over", async () => {
    const clients = (await openHarness()).as(ALICE);
    const upload = await startUpload(clients);
    await clients.uploads.abortUpload({ name: upload });
    const failure = await failureOf(clients.uploads.findMissingFiles({ upload, files: [claim("a", UNKNOWN)] }));
    expect(failure.reason).to.equal("UPLOAD_NOT_OPEN");
  });
});
