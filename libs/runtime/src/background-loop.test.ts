import { once } from "node:events";
import { expect } from "chai";
import { BackgroundLoop, type StepResult } from "./background-loop.ts";
import { createLogger } from "./create-logger.ts";

const NEVER_MS = 2 ** 30;

/** A loop whose step does what the test says next. */
function loopOf(step: (stopping: AbortSignal) => Promise<StepResult>, pollMs = NEVER_MS) {
  const logged: string[] = [];
  const log = createLogger({ level: "warn", destination: { write: (line) => logged.push(line) } });
  const loop = new BackgroundLoop({ name: "test", step, pollMs, retry: { firstMs: 1, longestMs: 4 }, log });
  return { loop, logged };
}

describe("BackgroundLoop", () => {
  it("goes on while there is more, then waits for a wake; one during a step is kept", async () => {
    const steps = new EventTarget();
    let count = 0;
    const { loop } = loopOf(async () => {
      count += 1;
      if (count === 3) loop.wake();
      steps.dispatchEvent(new Event(`step ${count}`));
      return count < 3 ? "MORE" : "IDLE";
    });
    const fourth = once(steps, "step 4");
    loop.start();
    await fourth;
    const fifth = once(steps, "step 5");
    loop.wake();
    await fifth;
    await loop.stop();
    expect(count).to.equal(5);
  });

  it("looks by itself after a while", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let count = 0;
    const { loop } = loopOf(async () => {
      count += 1;
      if (count === 3) resolve();
      return "IDLE";
    }, 1);
    loop.start();
    await promise;
    await loop.stop();
  });

  it("runs a step again that failed, and logs each failure with the pause, which doubles up to the longest", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let count = 0;
    const { loop, logged } = loopOf(async () => {
      count += 1;
      if (count <= 4) throw new Error("away");
      resolve();
      return "IDLE";
    });
    loop.start();
    await promise;
    await loop.stop();
    expect(logged.map((line) => JSON.parse(line).pauseMs)).to.deep.equal([1, 2, 4, 4]);
  });

  it("stops when the step that runs has ended, which is told to end", async () => {
    const started = Promise.withResolvers<void>();
    let ended = false;
    const { loop } = loopOf(async (stopping) => {
      started.resolve();
      await once(stopping, "abort");
      ended = true;
      throw stopping.reason;
    });
    loop.start();
    await started.promise;
    await loop.stop();
    expect(ended).to.equal(true);
  });
});
