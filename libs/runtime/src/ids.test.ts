import { expect } from "chai";
import { createIds } from "./ids.ts";

describe("ids", () => {
  it("are UUIDs of version 7 with the clock's milliseconds in front", () => {
    let nowMs = 0x0190b6a01234;
    const ids = createIds({ nowMs: () => nowMs });
    const first = ids.uid();
    expect(first).to.match(/^0190b6a0-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    nowMs += 1;
    expect(ids.uid() > first).to.equal(true);
  });

  it("are all different, also within a millisecond", () => {
    const ids = createIds({ nowMs: () => 1 });
    const many = new Set(Array.from({ length: 10_000 }, () => ids.uid()));
    expect(many.size).to.equal(10_000);
    expect([...many][0]).to.match(/^00000000-0001-7/);
  });
});
