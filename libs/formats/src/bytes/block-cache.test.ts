import { expect } from "chai";
import fc from "fast-check";
import { blockCache } from "./block-cache.ts";
import { memorySource } from "./source.ts";

describe("block cache", () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff));

  it("gives the same bytes as its source, for ranges of every kind", async () => {
    const cached = blockCache(memorySource(bytes));
    const range = fc.tuple(fc.nat(bytes.length), fc.nat(40_000));
    await fc.assert(
      fc.asyncProperty(range, async ([offset, wanted]) => {
        const length = Math.min(wanted, bytes.length - offset);
        expect(Buffer.from(await cached.read(offset, length)).equals(bytes.subarray(offset, offset + length))).to.equal(
          true,
        );
      }),
    );
  });

  it("asks once for what is looked at again", async () => {
    let reads = 0;
    const source = memorySource(bytes);
    const counting = {
      ...source,
      read: (offset: number, length: number) => {
        reads += 1;
        return source.read(offset, length);
      },
    };
    const cached = blockCache(counting);
    for (let offset = 0; offset < 60_000; offset += 100) await cached.read(offset, 100);
    expect(reads).to.equal(1);
  });
});
