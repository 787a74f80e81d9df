import { expect } from "chai";
import fc from "fast-check";
import type { Stores } from "./place.ts";
import { listed, rejection, sampleBytes } from "./sample.ts";

export function describePutting(stores: Stores): void {
  describe("put and delete", () => {
    it("stores once and then says that the object exists, keeping its bytes", async () => {
      const { one, other } = stores();
      expect(await one.put("t/a", sampleBytes("first", 1000))).to.equal("STORED");
      expect(await other.put("t/a", sampleBytes("second", 500))).to.equal("EXISTS");
      expect(await one.put("t/a", sampleBytes("third", 2000))).to.equal("EXISTS");
      expect(await other.read("t/a")).to.deep.equal(sampleBytes("first", 1000));
    });

    it("lets exactly one of many puts of one key win, and every reader sees that one whole", async () => {
      const { one, other } = stores();
      const puts = Array.from({ length: 24 }, async (_, n) => {
        const outcome = await (n % 2 === 0 ? one : other).put("t/contested", sampleBytes(`writer ${n}`, 70_000 + n));
        return { n, outcome, seen: await (n % 2 === 0 ? other : one).read("t/contested") };
      });
      const outcomes = await Promise.all(puts);
      const winners = outcomes.filter(({ outcome }) => outcome === "STORED");
      expect(winners).to.have.length(1);
      const n = winners[0]?.n ?? -1;
      for (const { seen } of outcomes) expect(seen).to.deep.equal(sampleBytes(`writer ${n}`, 70_000 + n));
    });

    it("stores many objects at once through both instances", async () => {
      const { one, other } = stores();
      const keys = Array.from({ length: 100 }, (_, n) => `t/chunks/${n}`);
      await Promise.all(keys.map((key, n) => (n % 3 === 0 ? one : other).put(key, sampleBytes(key, n * 100))));
      expect(await listed(one, "t/chunks/")).to.deep.equal(keys.map((key, n) => [key, n * 100]).sort());
      for (const [n, key] of keys.entries()) expect(await one.read(key)).to.deep.equal(sampleBytes(key, n * 100));
    });

    it("deletes for good, deletes nothing twice, and the key may be put again", async () => {
      const { one, other } = stores();
      await one.put("t/x/gone", sampleBytes("old", 10));
      await Promise.all([other.delete("t/x/gone"), one.delete("t/x/gone"), one.delete("t/never/was")]);
      expect(await one.stat("t/x/gone")).to.equal(undefined);
      expect(await rejection(one.read("t/x/gone"))).to.equal("NOT_FOUND");
      expect(await listed(one, "t/")).to.deep.equal([]);
      expect(await one.put("t/x/gone", sampleBytes("new", 20))).to.equal("STORED");
      expect(await other.read("t/x/gone")).to.deep.equal(sampleBytes("new", 20));
    });

    it("keeps objects apart whose keys are parts of each other, and tenants whose names begin alike", async () => {
      const { one, other } = stores();
      const keys = ["t/a", "t/a/b", "t/a/b/c", "t/ab", "t1/a", "t.1/a", "t/_", `t/${"n".repeat(200)}`];
      for (const key of keys) expect(await one.put(key, sampleBytes(key, 64))).to.equal("STORED");
      for (const key of keys) expect(await other.read(key)).to.deep.equal(sampleBytes(key, 64));
      const under = async (prefix: string) => (await listed(other, prefix)).map(([key]) => key);
      expect(await under("t/")).to.deep.equal(keys.filter((key) => key.startsWith("t/")).sort());
      expect(await under("t/a")).to.deep.equal(["t/a", "t/a/b", "t/a/b/c", "t/ab"]);
      expect(await under("t/a/")).to.deep.equal(["t/a/b", "t/a/b/c"]);
      expect(await under("nobody/")).to.deep.equal([]);
    });

    it("behaves like a map that only grows by absent keys and shrinks by deletes", async () => {
      const { one, other } = stores();
      const step = fc.record({ n: fc.nat(5), first: fc.boolean(), what: fc.constantFrom("put", "delete", "stat") });
      await fc.assert(
        fc.asyncProperty(fc.uuid(), fc.array(step, { maxLength: 20 }), async (tenant, steps) => {
          const model = new Map<string, number>();
          for (const [index, { n, first, what }] of steps.entries()) {
            const store = first ? one : other;
            const key = `${tenant}/k${n}`;
            if (what === "put") {
              const outcome = await store.put(key, sampleBytes(key, index));
              expect(outcome).to.equal(model.has(key) ? "EXISTS" : "STORED");
              if (outcome === "STORED") model.set(key, index);
            } else if (what === "delete") {
              await store.delete(key);
              model.delete(key);
            }
            expect((await store.stat(key))?.sizeBytes).to.equal(model.get(key));
          }
          expect(await listed(one, `${tenant}/`)).to.deep.equal([...model].sort());
        }),
        { numRuns: 20 },
      );
    });
  });
}
