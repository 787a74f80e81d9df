import { expect } from "chai";
import fc from "fast-check";
import { MAX_PIECE_BYTES } from "../object-store.ts";
import type { Stores } from "./place.ts";
import { collect, rejection, sampleBytes } from "./sample.ts";

export function describeReading(stores: Stores): void {
  describe("get, read and stat", () => {
    it("gives the whole object in order, in pieces of at most 1 MiB", async () => {
      const { one, other } = stores();
      const bytes = sampleBytes("large", 2 * MAX_PIECE_BYTES + 12_345);
      await one.put("t/large", bytes);
      const pieces = await collect(other.get("t/large"));
      for (const piece of pieces) expect(piece.byteLength).to.be.within(1, MAX_PIECE_BYTES);
      expect(Buffer.concat(pieces).equals(bytes)).to.equal(true);
      expect(Buffer.from(await other.read("t/large")).equals(bytes)).to.equal(true);
      expect(await other.stat("t/large")).to.deep.equal({ sizeBytes: bytes.byteLength });
    });

    it("gives each piece to the caller alone", async () => {
      const { one } = stores();
      await one.put("t/own", sampleBytes("own", 100));
      (await one.read("t/own")).fill(0);
      expect(await one.read("t/own")).to.deep.equal(sampleBytes("own", 100));
    });

    it("gives any range inside the object, and refuses any that reaches beyond it", async () => {
      const { one, other } = stores();
      const sizeBytes = 3000;
      const bytes = sampleBytes("ranges", sizeBytes);
      await one.put("t/ranges", bytes);
      await fc.assert(
        fc.asyncProperty(fc.nat(sizeBytes + 50), fc.nat(sizeBytes + 50), async (offset, length) => {
          const range = { offset, length };
          if (offset + length > sizeBytes) {
            expect(await rejection(other.read("t/ranges", range))).to.equal("INVALID");
            expect(await rejection(collect(other.get("t/ranges", range)))).to.equal("INVALID");
          } else {
            const expected = bytes.subarray(offset, offset + length);
            expect(Buffer.from(await other.read("t/ranges", range)).equals(expected)).to.equal(true);
            expect(Buffer.concat(await collect(other.get("t/ranges", range))).equals(expected)).to.equal(true);
          }
        }),
        { numRuns: 50 },
      );
    });

    it("reads empty objects and empty ranges", async () => {
      const { one, other } = stores();
      await one.put("t/empty", new Uint8Array(0));
      expect(await other.stat("t/empty")).to.deep.equal({ sizeBytes: 0 });
      expect(await other.read("t/empty")).to.have.length(0);
      expect(await collect(other.get("t/empty"))).to.deep.equal([]);
      expect(await other.read("t/empty", { offset: 0, length: 0 })).to.have.length(0);
    });

    it("says NOT_FOUND for what is not there", async () => {
      const { one } = stores();
      expect(await one.stat("t/none")).to.equal(undefined);
      expect(await rejection(one.read("t/none"))).to.equal("NOT_FOUND");
      expect(await rejection(collect(one.get("t/none")))).to.equal("NOT_FOUND");
    });

    it("lets a reader stop early, and delete and put go on", async () => {
      const { one, other } = stores();
      await one.put("t/stop", sampleBytes("stop", 2 * MAX_PIECE_BYTES));
      for await (const piece of other.get("t/stop")) {
        expect(piece).to.have.length(MAX_PIECE_BYTES);
        break;
      }
      await one.delete("t/stop");
      expect(await other.put("t/stop", sampleBytes("again", 5))).to.equal("STORED");
    });
  });
}
