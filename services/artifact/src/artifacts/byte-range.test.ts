import { expect } from "chai";
import { rangeToSend } from "./byte-range.ts";

const file = { path: "f", sizeBytes: 10 };

describe("the range of a download", () => {
  const cases: [offset: bigint, limit: bigint, expected: { offset: number; length: number } | "RANGE_INVALID"][] = [
    [0n, 0n, { offset: 0, length: 10 }],
    [0n, 4n, { offset: 0, length: 4 }],
    [4n, 0n, { offset: 4, length: 6 }],
    [4n, 100n, { offset: 4, length: 6 }],
    [4n, 2n ** 62n, { offset: 4, length: 6 }],
    [10n, 0n, { offset: 10, length: 0 }],
    [10n, 5n, { offset: 10, length: 0 }],
    [11n, 0n, "RANGE_INVALID"],
    [2n ** 62n, 1n, "RANGE_INVALID"],
  ];
  for (const [offset, limit, expected] of cases) {
    it(`from ${offset}, at most ${limit}`, () => {
      const range = () => rangeToSend(file, offset, limit);
      if (expected === "RANGE_INVALID") expect(range).to.throw().with.property("reason", expected);
      else expect(range()).to.deep.equal(expected);
    });
  }
});
