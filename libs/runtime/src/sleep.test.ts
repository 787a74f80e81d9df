import { expect } from "chai";
import { sleep } from "./sleep.ts";

describe("sleep", () => {
  it("ends by itself", async () => {
    await sleep(1);
    await sleep(1, new AbortController().signal);
  });

  it("rejects with the reason as soon as the signal aborts", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const sleeping = sleep(2 ** 30, controller.signal).catch((error: unknown) => error);
    controller.abort(reason);
    expect(await sleeping).to.equal(reason);
    expect(await sleep(2 ** 30, controller.signal).catch((error: unknown) => error)).to.equal(reason);
  });
});
