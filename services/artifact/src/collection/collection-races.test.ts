import type { Write } from "@slipway/documents";
import type { ObjectStore } from "@slipway/objects";
import { expect } from "chai";
import {
  aroundCommit,
  collect,
  collectEverything,
  DAY_MS,
  expectNothingLeft,
  expectReadable,
  HOUR_MS,
  release,
  storedBytes,
} from "../testing/garbage.test.ts";
import { ALICE, closeHarnesses, type Harness, type HarnessOptions, openHarness } from "../testing/harness.test.ts";
import {
  failureOf,
  fileRequests,
  push,
  randomBytes,
  sha256,
  startUpload,
  uploadFile,
} from "../testing/pushing.test.ts";

const MIB = 1024 * 1024;
const HOLDER = "01234567-89ab-4cde-8f01-23456789abcd";
const SERVICE = "service/acme";
const FILES = { f: randomBytes(6 * MIB, 81), g: randomBytes(3 * MIB, 82) };

/** A tenant with an artifact that nothing references, whose day is over. */
async function withExpired(options: HarnessOptions = {}): Promise<{ harness: Harness; artifact: string }> {
  const harness = await openHarness(options);
  const { artifact } = await push(harness.as(ALICE), FILES);
  harness.clock.advance(DAY_MS);
  return { harness, artifact: artifact.name };
}

/** The same, when its chunks are condemned. */
async function withCondemnedChunks(options: HarnessOptions = {}): Promise<{ harness: Harness; artifact: string }> {
  const expired = await withExpired(options);
  for (let pass = 0; pass < 2; pass += 1) {
    await collect(expired.harness);
    expired.harness.clock.advance(HOUR_MS);
  }
  return expired;
}

async function acquire({ as }: Harness, artifact: string): Promise<void> {
  await as(SERVICE).references.acquireReference({ artifact, holderUid: HOLDER });
}

const isIn = (collection: string, kind: Write["kind"]) => (write: Write) =>
  write.kind === kind && write.key.collection === collection;

const condemnsArtifact = (write: Write) =>
  write.kind === "replace" && write.key.collection === "artifacts" && write.body.condemned === true;

describe("between condemnation and deletion", () => {
  afterEach(closeHarnesses);

  for (const [what, isIt, side] of [
    ["has just been condemned", condemnsArtifact, "after"],
    ["is about to be removed", isIn("artifacts", "delete"), "before"],
  ] as const) {
    it(`an artifact that ${what} is revived by a claim`, async () => {
      let claim = async (): Promise<void> => undefined;
      const { harness, artifact } = await withExpired({
        documents: (documents) => aroundCommit(documents, { isIt, [side]: () => claim() }),
      });
      claim = () => acquire(harness, artifact);
      await collectEverything(harness);
      await harness.as(SERVICE).references.confirmReference({ artifact, holderUid: HOLDER });
      harness.clock.advance(10 * DAY_MS);
      await collectEverything(harness);
      await expectReadable(harness.as(ALICE), artifact, FILES);
      await release(harness, artifact, HOLDER);
      harness.clock.advance(DAY_MS);
      await collectEverything(harness);
      await expectNothingLeft(harness);
    });

    it(`an artifact that ${what} is revived by a confirmation that comes late`, async () => {
      let confirm = async (): Promise<void> => undefined;
      const { harness, artifact } = await withExpired({
        documents: (documents) => aroundCommit(documents, { isIt, [side]: () => confirm() }),
      });
      await acquire(harness, artifact);
      harness.clock.advance(2 * DAY_MS);
      confirm = async () => {
        await harness.as(SERVICE).references.confirmReference({ artifact, holderUid: HOLDER });
      };
      await collectEverything(harness);
      harness.clock.advance(10 * DAY_MS);
      await collectEverything(harness);
      await expectReadable(harness.as(ALICE), artifact, FILES);
    });

    it(`an artifact that ${what} is revived by a push of the same files`, async () => {
      let pushAgain = async (): Promise<void> => undefined;
      const { harness, artifact } = await withExpired({
        documents: (documents) => aroundCommit(documents, { isIt, [side]: () => pushAgain() }),
      });
      pushAgain = async () => void (await push(harness.as(ALICE), FILES));
      await collectEverything(harness);
      await expectReadable(harness.as(ALICE), artifact, FILES);
    });
  }

  it("a claim that comes after the removal fails clearly", async () => {
    const { harness, artifact } = await withExpired();
    await collect(harness);
    expect((await failureOf(acquire(harness, artifact))).reason).to.equal("ARTIFACT_NOT_FOUND");
  });

  it("nothing is deleted that an upload from before may have found, however long it takes", async () => {
    const { harness } = await withExpired();
    const clients = harness.as(ALICE);
    const upload = await startUpload(clients);
    const { promise: collected, resolve } = Promise.withResolvers<void>();
    const { promise: halfway, resolve: isHalfway } = Promise.withResolvers<void>();
    async function* slow() {
      let sent = 0;
      for await (const request of fileRequests({ upload, path: "f" }, FILES.f)) {
        yield request;
        sent += 1;
        // The chunks of the first four messages are looked up by now, or will be: either must do.
        if (sent < 5) continue;
        isHalfway();
        await collected;
      }
    }
    const sending = clients.uploads.uploadFile(slow());
    await halfway;
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(9 * MIB);
    resolve();
    expect((await sending).storedBytes).to.equal(0n);
    await collectEverything(harness);
    expect(await storedBytes(harness), "while it is open").to.equal(9 * MIB);
    const { artifact } = await clients.uploads.completeUpload({ upload });
    await collectEverything(harness);
    expect(await storedBytes(harness)).to.equal(6 * MIB);
    await expectReadable(clients, artifact?.name ?? "", { f: FILES.f });
  });

  it("a file that an upload took over stays for it", async () => {
    const { harness } = await withExpired();
    const clients = harness.as(ALICE);
    const upload = await startUpload(clients);
    const files = [{ path: "f", sizeBytes: BigInt(FILES.f.length), sha256: sha256(FILES.f) }];
    expect((await clients.uploads.findMissingFiles({ upload, files })).missingPaths).to.deep.equal([]);
    await collectEverything(harness);
    const { artifact } = await clients.uploads.completeUpload({ upload });
    await collectEverything(harness);
    await expectReadable(clients, artifact?.name ?? "", { f: FILES.f });
  });

  it("a condemned file is missing for a new upload, which revives it without storing it again", async () => {
    for (const state of [withExpired, withCondemnedChunks]) {
      const { harness } = await state();
      if (state === withExpired) await collect(harness);
      const clients = harness.as(ALICE);
      const upload = await startUpload(clients);
      const files = [{ path: "f", sizeBytes: BigInt(FILES.f.length), sha256: sha256(FILES.f) }];
      expect((await clients.uploads.findMissingFiles({ upload, files })).missingPaths).to.deep.equal(["f"]);
      expect((await uploadFile(clients, upload, "f", FILES.f)).storedBytes).to.equal(0n);
      await collectEverything(harness);
      const { artifact } = await clients.uploads.completeUpload({ upload });
      await collectEverything(harness);
      await expectReadable(clients, artifact?.name ?? "", { f: FILES.f });
      expect(await storedBytes(harness)).to.equal(6 * MIB);
    }
  });

  it("a push while the documents of its chunks go brings them again, and they stay", async () => {
    let pushAgain = async (): Promise<void> => undefined;
    for (const side of ["before", "after"] as const) {
      const { harness, artifact } = await withCondemnedChunks({
        documents: (documents) =>
          aroundCommit(documents, { isIt: isIn("chunks", "delete"), [side]: () => pushAgain() }),
      });
      pushAgain = async () => void (await push(harness.as(ALICE), FILES));
      await collectEverything(harness);
      await expectReadable(harness.as(ALICE), artifact, FILES);
      expect(await storedBytes(harness), side).to.equal(9 * MIB);
    }
  });

  it("a push while the objects of its chunks go has objects of its own", async () => {
    let pushAgain = async (): Promise<void> => undefined;
    let isOver = false;
    const deleting = (objects: ObjectStore): ObjectStore =>
      new Proxy(objects, {
        get: (target, property: keyof ObjectStore) => {
          if (property !== "delete") return target[property].bind(target);
          return async (key: string) => {
            if (!isOver) {
              isOver = true;
              await pushAgain();
            }
            await target.delete(key);
          };
        },
      });
    const { harness, artifact } = await withCondemnedChunks({ objects: deleting });
    pushAgain = async () => void (await push(harness.as(ALICE), FILES));
    await collectEverything(harness);
    expect(isOver).to.equal(true);
    await expectReadable(harness.as(ALICE), artifact, FILES);
    expect(await storedBytes(harness)).to.equal(9 * MIB);
  });

  it("a download that takes too long is told that its artifact is gone, not that bytes were lost", async () => {
    const harness = await openHarness();
    const { artifact } = await push(harness.as(ALICE), { f: randomBytes(24 * MIB, 83) });
    harness.clock.advance(DAY_MS);
    const stream = harness.as(ALICE).artifacts.downloadFile({ artifact: artifact.name, path: "f" });
    const reading = stream[Symbol.asyncIterator]();
    expect((await reading.next()).done).to.equal(false);
    await collectEverything(harness);
    const rest = async () => {
      while ((await reading.next()).done !== true);
    };
    expect((await failureOf(rest())).reason).to.equal("ARTIFACT_NOT_FOUND");
  });

  it("a collector that was frozen writes nothing late", async () => {
    let meanwhile = async (): Promise<void> => undefined;
    const { harness, artifact } = await withCondemnedChunks({
      documents: (documents) => aroundCommit(documents, { isIt: isIn("chunks", "delete"), before: () => meanwhile() }),
    });
    const other = await openHarness({ folder: harness.folder });
    other.clock.advance(harness.clock.nowMs() - other.clock.nowMs() + HOUR_MS);
    meanwhile = async () => {
      const passed = await collect(other);
      expect(passed?.removed.bytes).to.equal(9 * MIB);
      await push(other.as(ALICE), FILES);
    };
    expect((await collect(harness))?.removed).to.deep.equal({ artifacts: 0, chunks: 0, bytes: 0 });
    await expectReadable(harness.as(ALICE), artifact, FILES);
    expect(await storedBytes(harness)).to.equal(9 * MIB);
  });

  it("no artifact goes while something that metadata told of is not heeded yet, or metadata is away", async () => {
    for (const isAway of [true, false]) {
      const { harness, artifact } = await withExpired();
      await acquire(harness, artifact);
      harness.clock.advance(2 * DAY_MS);
      harness.metadata.isAway = isAway;
      // What a consumer cannot handle stays before it.
      const event = { tenantUid: "t", tenant: "acme", subjectUid: HOLDER, id: "1", type: "slipway.version.created" };
      if (!isAway) await harness.report({ ...event, payload: {} });
      expect((await collect(harness))?.removed.artifacts).to.equal(0);
      harness.metadata.isAway = false;
      await expectReadable(harness.as(ALICE), artifact, FILES);
    }
  });
});
