import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { sampleBytes } from "./contract/sample.ts";
import { temporaryFolder } from "./filesystem/paths.ts";
import { openFileObjects } from "./filesystem.ts";
import type { ObjectStore } from "./object-store.ts";
import { ObjectStoreError } from "./object-store-error.ts";
import { skipBecause } from "./testing/skip.ts";

const DISK_BYTES = 4 * 1024 * 1024;

describe("files: a full disk", () => {
  let folder: string;
  let store: ObjectStore;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "slipway-full-"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", folder]);
    if (status === 0) return;
    await rm(folder, { recursive: true });
    skipBecause(this, "a small disk cannot be mounted here; it takes root");
  });
  after(async () => {
    const { status } = spawnSync("umount", [folder]);
    if (status === 0) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    store = await openFileObjects({ folder });
  });
  afterEach(async () => {
    await store.close();
  });

  for (const sizeBytes of [100, 5_000, 150_000, 900_000]) {
    it(`says FULL for ${sizeBytes} bytes, leaves nothing behind, and stores again once there is room`, async () => {
      const stored: string[] = [];
      const outcomes = new Set<string>();
      for (let round = 0; round < 200 && !outcomes.has("FULL"); round++) {
        const keys = Array.from({ length: 64 }, (_, n) => `t/${sizeBytes}/${round}-${n}`);
        await Promise.all(
          keys.map(async (key) => {
            const outcome = await outcomeOf(store.put(key, sampleBytes(key, sizeBytes)));
            outcomes.add(outcome);
            if (outcome === "STORED") stored.push(key);
          }),
        );
      }
      expect([...outcomes].sort()).to.deep.equal(["FULL", "STORED"]);
      const present = (await Array.fromAsync(store.list("t/"))).map(({ key }) => key);
      expect(present.sort()).to.deep.equal(stored.sort());
      for (const key of stored) expect(await store.read(key)).to.deep.equal(sampleBytes(key, sizeBytes));
      for (const owner of await readdir(temporaryFolder(folder))) {
        expect(await readdir(join(temporaryFolder(folder), owner))).to.deep.equal([]);
      }
      for (const key of stored) await store.delete(key);
      expect(await store.put("t/room/again", sampleBytes("room", sizeBytes))).to.equal("STORED");
      await store.delete("t/room/again");
    });
  }
});

async function outcomeOf(put: Promise<string>): Promise<string> {
  try {
    return await put;
  } catch (error) {
    if (error instanceof ObjectStoreError) return error.kind;
    throw error;
  }
}
