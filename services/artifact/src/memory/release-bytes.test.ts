import { expect } from "chai";
import fc from "fast-check";
import { releaseBytes, releasing } from "./release-bytes.ts";

const KIB = 1024;

describe("releaseBytes", () => {
  it("empties bytes that have their buffer for themselves", () => {
    const bytes = Buffer.allocUnsafeSlow(100 * KIB).subarray(9);
    releaseBytes(bytes);
    expect(bytes.byteLength).to.equal(0);
  });

  it("leaves a part of a larger buffer, and what may be pooled, alone", () => {
    const part = Buffer.allocUnsafeSlow(1000 * KIB).subarray(0, 100 * KIB);
    const small = Buffer.from("small");
    releaseBytes(part);
    releaseBytes(small);
    expect(part.byteLength).to.equal(100 * KIB);
    expect(small.toString()).to.equal("small");
  });
});

describe("releasing", () => {
  it("passes everything on, and keeps each piece until 2 MiB have followed it", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1500 * KIB }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const pieces = lengths.map((length, index) => Buffer.allocUnsafeSlow(length).fill(index));
        const seen: Uint8Array[] = [];
        async function* source() {
          yield* pieces;
        }
        for await (const piece of releasing(source())) {
          seen.push(piece);
          let followingBytes = 0;
          for (let index = seen.length - 1; index >= 0 && followingBytes < 2048 * KIB; index -= 1) {
            expect(seen[index]?.byteLength).to.equal(lengths[index]);
            followingBytes += lengths[index] ?? 0;
          }
        }
        expect(seen).to.have.length(lengths.length);
      }),
      { numRuns: 30 },
    );
  });
});
