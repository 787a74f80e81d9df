import { expect } from "chai";
import { createBackoff } from "./backoff.ts";

describe("backoff", () => {
  it("doubles its bound up to the maximum, and begins anew after a success", () => {
    const backoff = createBackoff({ initialMs: 100, maxMs: 500, random: () => 0.5 });
    expect([1, 2, 3, 4, 5].map(() => backoff.nextMs())).to.deep.equal([50, 100, 200, 250, 250]);
    backoff.reset();
    expect(backoff.nextMs()).to.equal(50);
  });

  it("spreads waits over the whole time up to the bound", () => {
    const draws = [0, 0.25, 0.999];
    const backoff = createBackoff({ initialMs: 100, maxMs: 100, random: () => draws.shift() ?? 0 });
    expect([backoff.nextMs(), backoff.nextMs(), backoff.nextMs()]).to.deep.equal([0, 25, 99.9]);
  });
});
