import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { expect } from "chai";
import { ALICE, closeHarnesses, type Harness, openHarness, tenantUidOf } from "../testing/harness.test.ts";
import { download, failureOf, push, randomBytes, startUpload, uploadFile } from "../testing/pushing.test.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;
const HOLDER = "01234567-89ab-4cde-8f01-23456789abcd";
const OTHER_HOLDER = "11234567-89ab-4cde-8f01-23456789abcd";
const SERVICE = "service/acme";
const ROOT = "acme/users/root/admin";

const SHARED = randomBytes(12 * MIB, 71);
const FIRST = { shared: SHARED, own: randomBytes(6 * MIB, 72) };
const SECOND = { shared: SHARED, own: randomBytes(5 * MIB, 73) };

async function storedBytes({ objects }: Harness): Promise<number> {
  let sum = 0;
  for await (const { sizeBytes } of objects.list(`${tenantUidOf("acme")}/`)) sum += sizeBytes;
  return sum;
}

async function countOf({ documents }: Harness, collection: string): Promise<number> {
  return documents.count({ tenant: tenantUidOf("acme"), collection }, 10_000);
}

async function hold({ as }: Harness, artifact: string, holderUid: string): Promise<void> {
  await as(SERVICE).references.acquireReference({ artifact, holderUid });
  await as(SERVICE).references.confirmReference({ artifact, holderUid });
}

async function release({ as }: Harness, artifact: string, holderUid: string): Promise<void> {
  await as(SERVICE).references.releaseReference({ artifact, holderUid });
}

async function collect({ as }: Harness) {
  const { removed, remaining } = await as(ROOT).artifacts.collectGarbage({});
  const numbers = (garbage: typeof removed) => ({
    artifacts: Number(garbage?.artifacts),
    chunks: Number(garbage?.chunks),
    bytes: Number(garbage?.bytes),
  });
  return { removed: numbers(removed), remaining: numbers(remaining) };
}

/** As long as it takes until all that nothing needs is gone, with nobody uploading. */
async function collectEverything(harness: Harness): Promise<void> {
  for (let pass = 0; pass < 4; pass += 1) {
    await collect(harness);
    harness.clock.advance(HOUR_MS);
  }
}

describe("space that nothing needs", () => {
  afterEach(closeHarnesses);

  it("comes back without what others use, and the same push brings it again", async () => {
    const harness = await openHarness();
    const clients = harness.as(ALICE);
    const first = (await push(clients, FIRST)).artifact.name;
    const second = (await push(clients, SECOND)).artifact.name;
    await hold(harness, first, HOLDER);
    await hold(harness, second, OTHER_HOLDER);
    const all = await storedBytes(harness);
    expect(all).to.equal(23 * MIB);
    harness.clock.advance(2 * DAY_MS);
    await harness.sweep();
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(all);

    await release(harness, first, HOLDER);
    await collectEverything(harness);
    expect(await storedBytes(harness), "within its day").to.equal(all);
    harness.clock.advance(DAY_MS);
    const told = (await harness.as(ROOT).artifacts.collectGarbage({ validateOnly: true })).remaining;
    expect(told).to.include({ artifacts: 1n, bytes: BigInt(6 * MIB) });
    expect(await storedBytes(harness)).to.equal(all);

    const { removed, remaining } = await collect(harness);
    expect(removed).to.deep.equal({ artifacts: 1, chunks: 0, bytes: 0 });
    expect(remaining).to.deep.equal({ artifacts: 0, chunks: Number(told?.chunks), bytes: 6 * MIB });
    expect((await failureOf(download(clients, first, "own"))).reason).to.equal("ARTIFACT_NOT_FOUND");
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(17 * MIB);
    for (const [path, bytes] of Object.entries(SECOND))
      expect((await download(clients, second, path)).equals(bytes)).to.equal(true);

    const again = await push(clients, FIRST);
    expect(again.artifact.name).to.equal(first);
    expect(again.storedBytes).to.equal(6 * MIB);
    for (const [path, bytes] of Object.entries(FIRST))
      expect((await download(clients, first, path)).equals(bytes)).to.equal(true);
  });

  it("leaves nothing behind of what is gone", async () => {
    const harness = await openHarness();
    const { artifact } = await push(harness.as(ALICE), FIRST);
    await harness.as(ALICE).artifacts.inspectArtifact({ artifact: artifact.name });
    harness.clock.advance(2 * DAY_MS);
    await harness.sweep();
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(0);
    for (const collection of [
      "artifacts",
      "artifact-pages",
      "recipes",
      "recipe-pages",
      "chunks",
      "inspections",
      "uploads",
      "uploaded-files",
      "references",
      "collection-tasks",
    ])
      expect(await countOf(harness, collection), collection).to.equal(0);
  });

  it("includes what only an abandoned upload held", async () => {
    const harness = await openHarness();
    const clients = harness.as(ALICE);
    const { artifact } = await push(clients, { shared: SHARED });
    await hold(harness, artifact.name, HOLDER);
    const upload = await startUpload(clients);
    await uploadFile(clients, upload, "own", FIRST.own);
    await uploadFile(clients, upload, "shared", SHARED);
    harness.clock.advance(2 * DAY_MS);
    await harness.sweep();
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(12 * MIB);
    expect((await download(clients, artifact.name, "shared")).equals(SHARED)).to.equal(true);
  });

  it("waits for the day after the hour of a claim that was never confirmed, and a late confirmation counts", async () => {
    const harness = await openHarness();
    const { artifact } = await push(harness.as(ALICE), { f: Buffer.from("x") });
    const { references } = harness.as(SERVICE);
    harness.clock.advance(23.5 * HOUR_MS);
    await references.acquireReference({ artifact: artifact.name, holderUid: HOLDER });
    harness.clock.advance(20 * HOUR_MS);
    await collectEverything(harness);
    await references.confirmReference({ artifact: artifact.name, holderUid: HOLDER });
    harness.clock.advance(10 * DAY_MS);
    await harness.sweep();
    await collectEverything(harness);
    const { state } = (await harness.as(ALICE).artifacts.getArtifact({ name: artifact.name })).artifact ?? {};
    expect(state).to.equal(ArtifactState.READY);
    expect((await download(harness.as(ALICE), artifact.name, "f")).toString()).to.equal("x");
  });

  it("is an administrator's to ask for", async () => {
    const { as } = await openHarness();
    expect((await failureOf(as(ALICE).artifacts.collectGarbage({}))).reason).to.equal("ROLE_REQUIRED");
  });
});
