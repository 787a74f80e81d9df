import { expect } from "chai";
import fc from "fast-check";
import semver from "semver";
import { numbers } from "../testing/numbers.test.ts";
import { precedenceKey } from "./precedence-key.ts";

/** By code point, as the stores compare; keys are ASCII, so units are code points. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

describe("precedenceKey", () => {
  it("orders the example of semver 2.0.0, §11", () => {
    const ordered = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.2.0",
      "1.10.0",
      "2.0.0-0",
      "2.0.0",
      "10.0.0",
    ];
    expect(ordered.toReversed().toSorted((a, b) => compareTexts(precedenceKey(a), precedenceKey(b)))).to.deep.equal(
      ordered,
    );
  });

  it("compares as semver.compare does, for any two numbers", () => {
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        expect(compareTexts(precedenceKey(left), precedenceKey(right))).to.equal(semver.compare(left, right));
      }),
      { numRuns: 5000 },
    );
  });

  it("stays within what a store takes as a text, for the longest numbers", () => {
    const longest = `1.0.0-${"1.".repeat(124)}1`;
    expect(longest.length).to.be.lessThanOrEqual(256);
    expect(precedenceKey(longest).length).to.be.lessThanOrEqual(1024);
    expect(precedenceKey(longest)).to.match(/^[\x21-\x7e]+$/);
  });
});
