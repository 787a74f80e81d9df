import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { collect, rejection, sampleBytes } from "./contract/sample.ts";
import { objectPath } from "./filesystem/paths.ts";
import { openFileObjects } from "./filesystem.ts";
import { parseKey } from "./object-key.ts";
import { MAX_PIECE_BYTES, type ObjectStore } from "./object-store.ts";
import { freshFolderPlace } from "./testing/folder-place.ts";

describe("files: a disk that somebody else touched", () => {
  let place: Awaited<ReturnType<typeof freshFolderPlace>>;
  let store: ObjectStore;
  const key = "t/damaged";
  const sizeBytes = 3 * MAX_PIECE_BYTES;

  beforeEach(async () => {
    place = await freshFolderPlace();
    store = await place.open();
    await store.put(key, sampleBytes("damaged", sizeBytes));
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  function pathOfObject(): string {
    return objectPath(place.folder, parseKey(key)).path;
  }

  it("never gives short bytes of an object that was cut before it was read", async () => {
    await truncate(pathOfObject(), sizeBytes - 1);
    const range = { offset: 0, length: sizeBytes };
    expect(await rejection(store.read(key, range))).to.equal("INVALID");
    expect(await rejection(collect(store.get(key, range)))).to.equal("INVALID");
  });

  it("throws in the middle of an object that is cut while it is read", async () => {
    const pieces: number[] = [];
    const reading = (async () => {
      for await (const piece of store.get(key)) {
        pieces.push(piece.byteLength);
        await truncate(pathOfObject(), MAX_PIECE_BYTES + 10);
      }
    })();
    expect(await rejection(reading)).to.equal("UNAVAILABLE");
    expect(pieces).to.deep.equal([MAX_PIECE_BYTES]);
  });

  it("gives the whole of an object that is deleted while it is read, and NOT_FOUND afterwards", async () => {
    let bytes = 0;
    for await (const piece of store.get(key)) {
      bytes += piece.byteLength;
      await store.delete(key);
    }
    expect(bytes).to.equal(sizeBytes);
    expect(await rejection(store.read(key))).to.equal("NOT_FOUND");
  });

  it("goes on after the whole tree was removed under it", async () => {
    await rm(place.folder, { recursive: true });
    expect(await rejection(store.put(key, sampleBytes("again", 10)))).to.equal("UNAVAILABLE");
    const next = await place.open();
    expect(await next.put(key, sampleBytes("again", 10))).to.equal("STORED");
    expect(await store.put("t/other", sampleBytes("other", 10))).to.equal("STORED");
    await next.close();
  });

  it("refuses to open where it cannot keep anything", async () => {
    const file = join(place.folder, "file");
    await writeFile(file, "");
    expect(await rejection(openFileObjects({ folder: join(file, "store") }))).to.equal("UNAVAILABLE");
  });
});
