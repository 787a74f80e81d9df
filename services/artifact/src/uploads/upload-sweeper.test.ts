import { expect } from "chai";
import { ALICE, closeHarnesses, type Harness, openHarness, tenantUidOf } from "../testing/harness.test.ts";
import { download, failureOf, fileRequests, push, randomBytes, sha256, startUpload } from "../testing/pushing.test.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const BYTES = randomBytes(40 * 1024 * 1024, 41);

async function countOf({ documents }: Harness, collection: string): Promise<number> {
  return documents.count({ tenant: tenantUidOf("acme"), collection }, 1000);
}

describe("uploads that ended", () => {
  afterEach(closeHarnesses);

  it("go with everything that only they hold, and what became an artifact stays", async () => {
    const harness = await openHarness();
    const clients = harness.as(ALICE);
    const { artifact } = await push(clients, { f: BYTES });
    const claim = { artifact: artifact.name, holderUid: "01234567-89ab-4cde-8f01-23456789abcd" };
    const { references } = harness.as("service/acme");
    await references.acquireReference(claim);
    await references.confirmReference(claim);
    const upload = await startUpload(clients);
    const wanting = fileRequests({ upload, path: "f", sizeBytes: 2n ** 40n }, Buffer.concat([BYTES, BYTES]));
    async function* cutOff() {
      let count = 0;
      for await (const request of wanting) {
        yield request;
        count += 1;
        if (count > 60) throw new Error("the client breaks off");
      }
    }
    await clients.uploads.uploadFile(cutOff()).catch(() => undefined);
    const pagesOfBoth = await countOf(harness, "recipe-pages");
    expect(await harness.sweep()).to.equal(0);
    expect(await countOf(harness, "uploads")).to.equal(2);

    harness.clock.advance(DAY_MS);
    expect(await harness.sweep()).to.equal(2);
    await harness.as("acme/users/root/admin").artifacts.collectGarbage({});
    expect(await countOf(harness, "uploads")).to.equal(0);
    expect(await countOf(harness, "uploaded-files")).to.equal(0);
    expect(await countOf(harness, "recipe-pages")).to.be.within(1, pagesOfBoth - 1);
    expect((await failureOf(clients.uploads.getUpload({ name: upload }))).reason).to.equal("UPLOAD_NOT_FOUND");
    expect(sha256(await download(clients, artifact.name, "f"))).to.equal(sha256(BYTES));
  });
});
