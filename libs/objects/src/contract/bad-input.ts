import { expect } from "chai";
import { MAX_OBJECT_BYTES } from "../object-store.ts";
import type { Stores } from "./place.ts";
import { collect, listed, rejection, sampleBytes } from "./sample.ts";

const BAD_KEYS = [
  "",
  "t",
  "t/",
  "/t",
  "t//a",
  "t/a/",
  "t/.",
  "t/..",
  "../t/a",
  "t/../other/a",
  "t/A",
  "t/ä",
  "t/a b",
  "t/a\0",
  "t\\a",
  "t/+aa",
  "t/%2e%2e",
  `t/${"n".repeat(201)}`,
  `t/${"n/".repeat(500)}n`,
];

export function describeBadInput(stores: Stores): void {
  describe("bad input", () => {
    for (const key of BAD_KEYS) {
      it(`refuses the key ${JSON.stringify(key.slice(0, 30))}`, async () => {
        const { one } = stores();
        expect(await rejection(one.put(key, sampleBytes("x", 1)))).to.equal("INVALID");
        expect(await rejection(one.read(key))).to.equal("INVALID");
        expect(await rejection(collect(one.get(key)))).to.equal("INVALID");
        expect(await rejection(one.stat(key))).to.equal("INVALID");
        expect(await rejection(one.delete(key))).to.equal("INVALID");
      });
    }

    it("refuses a prefix without a tenant, or that no key can begin with", async () => {
      const { one } = stores();
      for (const prefix of ["", "t", "/", "/t", "t//", "t/../", "../", "T/", "t/A"]) {
        expect(await rejection(listed(one, prefix)), prefix).to.equal("INVALID");
      }
    });

    it("refuses ranges that are no ranges", async () => {
      const { one } = stores();
      await one.put("t/a", sampleBytes("a", 10));
      for (const range of [
        { offset: -1, length: 1 },
        { offset: 0, length: -1 },
        { offset: 0.5, length: 1 },
        { offset: 0, length: Number.NaN },
        { offset: 2 ** 53, length: 1 },
        { offset: 1, length: Number.MAX_SAFE_INTEGER },
      ]) {
        expect(await rejection(one.read("t/a", range))).to.equal("INVALID");
      }
    });

    it("refuses an object over the bound", async () => {
      const { one } = stores();
      expect(await rejection(one.put("t/huge", new Uint8Array(MAX_OBJECT_BYTES + 1)))).to.equal("INVALID");
      expect(await one.stat("t/huge")).to.equal(undefined);
    });

    it("refuses calls after close, and close finishes what was begun", async () => {
      const { one, other } = stores();
      const put = one.put("t/last", sampleBytes("last", 100_000));
      await one.close();
      await one.close();
      expect(await put).to.equal("STORED");
      expect(await rejection(one.put("t/a", sampleBytes("a", 1)))).to.equal("UNAVAILABLE");
      expect(await rejection(one.read("t/last"))).to.equal("UNAVAILABLE");
      expect(await rejection(collect(one.get("t/last")))).to.equal("UNAVAILABLE");
      expect(await rejection(listed(one, "t/"))).to.equal("UNAVAILABLE");
      if (other !== one) expect(await other.read("t/last")).to.deep.equal(sampleBytes("last", 100_000));
    });
  });
}
