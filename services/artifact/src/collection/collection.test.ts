import type { CollectionDefinition, JsonObject } from "@slipway/documents";
import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { createIds } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { artifactCollections } from "../app.ts";
import { chunkObjectKey } from "../chunks/chunk.ts";
import {
  collect,
  collectEverything,
  DAY_MS,
  expectNothingLeft,
  expectReadable,
  HOUR_MS,
  hold,
  release,
  storedBytes,
} from "../testing/garbage.test.ts";
import { ALICE, closeHarnesses, openHarness, tenantUidOf } from "../testing/harness.test.ts";
import { download, failureOf, push, randomBytes, sha256, startUpload, uploadFile } from "../testing/pushing.test.ts";

const MIB = 1024 * 1024;
const HOLDER = "01234567-89ab-4cde-8f01-23456789abcd";
const OTHER_HOLDER = "11234567-89ab-4cde-8f01-23456789abcd";
const SERVICE = "service/acme";
const ROOT = "acme/users/root/admin";

const SHARED = randomBytes(12 * MIB, 71);
const FIRST = { shared: SHARED, own: randomBytes(6 * MIB, 72) };
const SECOND = { shared: SHARED, own: randomBytes(5 * MIB, 73) };

/** As the first release declared it: nothing is found by what it uses. */
function withoutUsers(collection: CollectionDefinition): CollectionDefinition {
  const project = (body: JsonObject) => {
    const { strings = {} } = collection.project(body);
    return { strings };
  };
  const isOfUse = ["artifact-pages", "recipe-pages", "uploaded-files"].includes(collection.name);
  return isOfUse ? { ...collection, formatVersion: 1, project } : collection;
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

    expect(await collect(harness)).to.deep.equal({
      removed: { artifacts: 1, chunks: 0, bytes: 0 },
      remaining: { artifacts: 0, chunks: Number(told?.chunks), bytes: 6 * MIB },
    });
    expect((await failureOf(download(clients, first, "own"))).reason).to.equal("ARTIFACT_NOT_FOUND");
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(17 * MIB);
    await expectReadable(clients, second, SECOND);

    const again = await push(clients, FIRST);
    expect(again.artifact.name).to.equal(first);
    expect(again.storedBytes).to.equal(6 * MIB);
    await expectReadable(clients, first, FIRST);
  });

  it("leaves nothing behind of what is gone", async () => {
    const harness = await openHarness();
    const { artifact } = await push(harness.as(ALICE), FIRST);
    await harness.as(ALICE).artifacts.inspectArtifact({ artifact: artifact.name });
    harness.clock.advance(2 * DAY_MS);
    await harness.sweep();
    await collectEverything(harness);
    await expectNothingLeft(harness);
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

  it("includes what broke off and nobody noted, a week later", async () => {
    const harness = await openHarness();
    const clients = harness.as(ALICE);
    const { artifact } = await push(clients, { shared: SHARED });
    await hold(harness, artifact.name, HOLDER);
    // Chunks whose file was refused at its end, and an object whose put nobody recorded.
    const upload = await startUpload(clients);
    const refused = uploadFile(clients, upload, "own", FIRST.own, { sizeBytes: BigInt(7 * MIB) });
    expect((await failureOf(refused)).reason).to.equal("FILE_SIZE_MISMATCH");
    await clients.uploads.abortUpload({ name: upload });
    const lost = chunkObjectKey(tenantUidOf("acme"), sha256(SECOND.own), createIds(harness.clock).uid());
    await harness.objects.put(lost, SECOND.own);
    // The uids of this machine's day come later than the harness's clock.
    harness.clock.advance(Math.max(Date.now() - harness.clock.nowMs(), 0) + DAY_MS);
    await collectEverything(harness);
    expect(await storedBytes(harness), "may still be at work").to.equal(23 * MIB);
    harness.clock.advance(8 * DAY_MS);
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(12 * MIB);
    expect((await download(clients, artifact.name, "shared")).equals(SHARED)).to.equal(true);
  });

  it("comes back of what an older release has stored, and of nothing that is in use", async () => {
    const before = await openHarness({ collections: artifactCollections.map(withoutUsers) });
    const first = (await push(before.as(ALICE), FIRST)).artifact.name;
    const second = (await push(before.as(ALICE), SECOND)).artifact.name;
    await hold(before, first, HOLDER);
    await hold(before, second, OTHER_HOLDER);
    await before.close();
    const harness = await openHarness({ folder: before.folder });
    await release(harness, first, HOLDER);
    harness.clock.advance(2 * DAY_MS);
    await collectEverything(harness);
    harness.clock.advance(8 * DAY_MS);
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(17 * MIB);
    await expectReadable(harness.as(ALICE), second, SECOND);
  });

  it("comes back by itself, for every tenant", async () => {
    const harness = await openHarness({ collectEveryMs: 5 });
    for (const who of [ALICE, "other/users/bob/contributor"]) await push(harness.as(who), { f: Buffer.from(who) });
    const isAnyStored = async (tenant: string) => {
      for await (const _ of harness.objects.list(`${tenantUidOf(tenant)}/`)) return true;
      return false;
    };
    expect([await isAnyStored("acme"), await isAnyStored("other")]).to.deep.equal([true, true]);
    await until("nothing is stored any more", async () => {
      harness.clock.advance(HOUR_MS);
      return !(await isAnyStored("acme")) && !(await isAnyStored("other"));
    });
  });

  it("is an administrator's to ask for", async () => {
    const { as } = await openHarness();
    expect((await failureOf(as(ALICE).artifacts.collectGarbage({}))).reason).to.equal("ROLE_REQUIRED");
  });
});
