import { expect } from "chai";
import { HashingError } from "./hashing-error.ts";
import { Slots } from "./slots.ts";
import { WorkerThread } from "./worker-thread.ts";

describe("WorkerThread", () => {
  it("tells its jobs when it dies, and lets go of the slots that it had", async () => {
    const slots = new Slots(2);
    const worker = new WorkerThread({ slots: slots.memory });
    const deaths: Error[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const job = worker.open(
      {
        onMessage: () => undefined,
        onDeath: (error) => {
          deaths.push(error);
          resolve();
        },
      },
      1,
    );
    let released = 0;
    const beyondTheMemory = 1_000_000;
    worker.postSlot({ kind: "hash", job, slot: beyondTheMemory, length: 1 }, () => {
      released += 1;
    });
    await promise;
    expect(deaths[0]).to.be.instanceOf(HashingError).and.to.have.property("cause");
    expect([deaths.length, released, worker.isDead, worker.load]).to.deep.equal([1, 1, true, 0]);
    worker.postSlot({ kind: "hash", job, slot: 0, length: 1 }, () => {
      released += 1;
    });
    expect(released).to.equal(2);
  });
});

describe("Slots", () => {
  it("lends no slot twice, and serves those who wait in their order", async () => {
    const slots = new Slots(2);
    const [first, second] = [await slots.acquire(), await slots.acquire()];
    expect(first).to.not.equal(second);
    const served: number[] = [];
    const waiting = [1, 2].map(async (n) => {
      const slot = await slots.acquire();
      served.push(n);
      return slot;
    });
    await new Promise(setImmediate);
    expect(served).to.deep.equal([]);
    slots.release(second);
    slots.release(first);
    expect(await Promise.all(waiting)).to.deep.equal([second, first]);
    expect(served).to.deep.equal([1, 2]);
  });
});
