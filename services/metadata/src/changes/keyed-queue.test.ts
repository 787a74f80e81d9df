import { expect } from "chai";
import { KeyedQueue } from "./keyed-queue.ts";

describe("KeyedQueue", () => {
  it("runs the tasks of a key one after another in their order, also behind one that fails", async () => {
    const queue = new KeyedQueue();
    const steps: string[] = [];
    const task =
      (name: string, fails = false) =>
      async () => {
        steps.push(`begin ${name}`);
        await new Promise(setImmediate);
        steps.push(`end ${name}`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      queue.run("k", task("a")),
      queue.run("k", task("b", true)),
      queue.run("k", task("c")),
    ]);
    expect(steps).to.deep.equal(["begin a", "end a", "begin b", "end b", "begin c", "end c"]);
    expect(results.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
  });

  it("runs tasks of different keys beside each other and forgets finished keys", async () => {
    const queue = new KeyedQueue();
    const other = Promise.withResolvers<void>();
    const first = queue.run("a", async (waited) => {
      await other.promise;
      return waited;
    });
    const second = queue.run("a", async (waited) => waited);
    await queue.run("b", async () => other.resolve());
    expect(await first).to.equal(false);
    expect(await second).to.equal(true);
    expect(queue.size).to.equal(0);
  });
});
