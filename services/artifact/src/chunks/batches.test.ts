import { expect } from "chai";
import { Batches } from "./batches.ts";
import { Permits } from "./permits.ts";

describe("Batches", () => {
  it("runs alone what comes alone, and together what comes meanwhile, in bounded batches", async () => {
    const runs: number[][] = [];
    const gate = Promise.withResolvers<void>();
    const batches = new Batches<number, number>(3, async (items) => {
      runs.push(items);
      await gate.promise;
      return items.map((item) => item * 10);
    });
    const first = batches.add(1);
    await new Promise(setImmediate);
    const others = [2, 3, 4, 5].map((item) => batches.add(item));
    gate.resolve();
    expect(await Promise.all([first, ...others])).to.deep.equal([10, 20, 30, 40, 50]);
    expect(runs).to.deep.equal([[1], [2, 3, 4], [5]]);
  });

  it("fails the items of a failed batch only", async () => {
    const batches = new Batches<number, number>(1, async ([item]) => {
      if (item === 1) throw new Error("one");
      return [item ?? 0];
    });
    const outcomes = await Promise.allSettled([batches.add(1), batches.add(2)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "fulfilled"]);
  });
});

describe("Permits", () => {
  it("hands out no more than there are, in the order of asking", async () => {
    const permits = new Permits(10);
    const order: string[] = [];
    const take = async (name: string, count: number) => {
      await permits.take(count);
      order.push(name);
    };
    await take("a", 8);
    const waiting = [take("b", 5), take("c", 1), take("d", 100)];
    await new Promise(setImmediate);
    expect(order).to.deep.equal(["a"]);
    permits.give(8);
    await new Promise(setImmediate);
    expect(order).to.deep.equal(["a", "b", "c"]);
    permits.give(5);
    permits.give(1);
    await Promise.all(waiting);
    expect(order).to.deep.equal(["a", "b", "c", "d"]);
  });
});
