import { createCipheriv, createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { Cutter, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from "./cutter.ts";
import { GEAR } from "./gear.ts";

const MIB = 1024 * 1024;

/** Bytes that look random and that a seed decides: AES-128 in counter mode over zeros. */
function randomBytes(seed: string, sizeBytes: number): Uint8Array {
  const key = createHash("md5").update(seed).digest();
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

/** The ends of all chunks when the bytes arrive in one piece or in pieces of the sizes given, again and again. */
function cuts(bytes: Uint8Array, pieceSizes: readonly number[] = [bytes.length]): number[] {
  const cutter = new Cutter();
  const ends: number[] = [];
  let start = 0;
  for (let n = 0; start < bytes.length; n++) {
    const piece = bytes.subarray(start, start + (pieceSizes[n % pieceSizes.length] ?? bytes.length));
    for (let at = cutter.next(piece, 0); at !== -1; at = cutter.next(piece, at)) ends.push(start + at);
    start += piece.length;
  }
  return ends.at(-1) === bytes.length ? ends : [...ends, bytes.length];
}

function chunkDigests(bytes: Uint8Array): string[] {
  const ends = cuts(bytes);
  return ends.map((end, n) =>
    createHash("sha256")
      .update(bytes.subarray(ends[n - 1] ?? 0, end))
      .digest("hex"),
  );
}

/** The plain definition, byte by byte: what the fast loops must equal. */
function plainCuts(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let start = 0;
  let hash = 0;
  for (let index = 0; index < bytes.length; index++) {
    const length = index + 1 - start;
    if (length <= MIN_CHUNK_BYTES) continue;
    hash = ((hash << 1) + (GEAR[bytes[index] ?? 0] ?? 0)) | 0;
    if (hash >>> (length <= 832 * 1024 ? 10 : 14) === 0 || length === MAX_CHUNK_BYTES) {
      ends.push(index + 1);
      start = index + 1;
      hash = 0;
    }
  }
  return ends.at(-1) === bytes.length ? ends : [...ends, bytes.length];
}

describe("Cutter", () => {
  const bytes = randomBytes("cutter", 24 * MIB);
  const expected = cuts(bytes);

  it("cuts where the definition says", () => {
    expect(expected).to.deep.equal(plainCuts(bytes));
    expect(expected.length).to.be.above(10);
  });

  it("cuts at the same places however the bytes are split and aligned", () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 3 * MIB })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        sizes.filter((each) => Math.max(...each) > 1000),
        fc.nat(3),
        (pieceSizes, shift) => {
          const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
          shifted.set(bytes);
          expect(cuts(shifted, pieceSizes)).to.deep.equal(expected);
        },
      ),
      { numRuns: 30 },
    );
    expect(cuts(bytes.subarray(0, 3 * MIB), [1])).to.deep.equal(cuts(bytes.subarray(0, 3 * MIB)));
  });

  it("keeps every chunk between the bounds, and their mean near 1 MiB", () => {
    const ends = cuts(randomBytes("mean", 192 * MIB));
    const sizes = ends.map((end, n) => end - (ends[n - 1] ?? 0));
    for (const size of sizes.slice(0, -1)) expect(size).to.be.within(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
    expect((192 * MIB) / sizes.length).to.be.within(0.9 * MIB, 1.1 * MIB);
  });

  it("cuts bytes that are all the same at the maximum", () => {
    for (const value of [0, 1, 0x41, 0xff]) {
      const ends = cuts(new Uint8Array(9 * MIB).fill(value));
      expect(ends).to.deep.equal([MAX_CHUNK_BYTES, 2 * MAX_CHUNK_BYTES, 9 * MIB]);
    }
  });

  it("leaves short input whole, and cuts nothing from nothing", () => {
    for (const size of [1, 100, MIN_CHUNK_BYTES]) expect(cuts(randomBytes("short", size))).to.deep.equal([size]);
    expect(new Cutter().next(new Uint8Array(0), 0)).to.equal(-1);
    const atTheEnd = new Uint8Array(MIN_CHUNK_BYTES + 7).subarray(MIN_CHUNK_BYTES + 6);
    expect(new Cutter().next(atTheEnd, 0)).to.equal(-1);
  });

  it("finds most chunks again when a contiguous tenth is replaced, shortened or lengthened", () => {
    const original = randomBytes("tenth", 64 * MIB);
    const known = new Set(chunkDigests(original));
    const at = 20 * MIB + 12_345;
    const tenth = Math.floor(original.length / 10);
    for (const newLength of [tenth, tenth - 1, tenth + 777, 0]) {
      const middle = randomBytes("another tenth", newLength);
      const changed = Buffer.concat([original.subarray(0, at), middle, original.subarray(at + tenth)]);
      const ends = cuts(changed);
      const isNew = chunkDigests(changed).map((digest) => !known.has(digest));
      const newBytes = ends.reduce((sum, end, n) => sum + (isNew[n] ? end - (ends[n - 1] ?? 0) : 0), 0);
      expect(newBytes / changed.length).to.be.below(newLength / changed.length + 0.06);
    }
  });

  it("never moves its cuts: another table or another rule would store all models again", () => {
    expect(GEAR.length).to.equal(256);
    expect([GEAR[0], GEAR[255]].map((gear) => (gear ?? 0) >>> 0)).to.deep.equal([2210489176, 3928774803]);
    expect(expected.slice(0, 5)).to.deep.equal([887492, 1600189, 2040131, 2430766, 3304317]);
  });
});
