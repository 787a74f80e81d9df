import { expect } from "chai";
import fc from "fast-check";
import { releasing } from "./releasing.ts";

const KIB = 1024;

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
