import { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import fc from "fast-check";
import semver from "semver";
import { numbers } from "../testing/numbers.test.ts";
import { type DecidedBump, lineOf, linesOf, nextNumber, promiseOf } from "./number-line.ts";

describe("nextNumber", () => {
  const cases: [bump: DecidedBump, highest: string, next: string][] = [
    [Bump.PATCH, "1.2.3", "1.2.4"],
    [Bump.MINOR, "1.2.3", "1.3.0"],
    [Bump.MAJOR, "1.2.3", "2.0.0"],
    [Bump.PATCH, "1.2.4-rc.1", "1.2.4"],
    [Bump.MINOR, "1.3.0-rc.1", "1.3.0"],
    [Bump.MAJOR, "2.0.0-rc.1", "2.0.0"],
    [Bump.MINOR, "1.2.4-rc.1", "1.3.0"],
    [Bump.MAJOR, "1.2.0-rc.1", "2.0.0"],
    [Bump.MAJOR, "2.1.0-rc.1", "3.0.0"],
    [Bump.MAJOR, "0.1.0", "1.0.0"],
    [Bump.PATCH, "0.0.0", "0.0.1"],
  ];
  for (const [bump, highest, next] of cases) {
    it(`${Bump[bump]} above ${highest} is ${next}`, () => {
      expect(nextNumber(bump, highest)).to.equal(next);
    });
  }

  it("refuses to count beyond what semver can read", () => {
    expect(() => nextNumber(Bump.MAJOR, "9007199254740991.0.0"))
      .to.throw(RpcError)
      .that.includes({
        reason: "VERSION_NUMBER_INVALID",
      });
  });

  it("gives the lowest number of its form above every number of the line", () => {
    const bumps = fc.constantFrom<DecidedBump>(Bump.MAJOR, Bump.MINOR, Bump.PATCH);
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 20 }), fc.nat(), bumps, (given, pick, bump) => {
        const allocated = given.filter((number) => !number.includes(String(Number.MAX_SAFE_INTEGER)));
        const base = allocated[pick % allocated.length];
        fc.pre(base !== undefined);
        const line = lineOf(bump, base);
        const onLine = allocated.filter((number) => line === undefined || linesOf(number).includes(line));
        const next = nextNumber(bump, semver.rsort([...onLine])[0] ?? base);

        expect(onLine.every((number) => semver.gt(next, number))).to.equal(true);
        expect(allocated).to.not.include(next);
        expect(line === undefined || linesOf(next).includes(line)).to.equal(true);
        const { major, minor, patch } = semver.parse(next) ?? expect.fail();
        const lower = {
          [Bump.MAJOR]: [major - 1, 0, 0],
          [Bump.MINOR]: [major, minor - 1, 0],
          [Bump.PATCH]: [major, minor, patch - 1],
        }[bump];
        if (lower.every((part) => part >= 0)) {
          expect(onLine.some((number) => semver.gte(number, lower.join(".")))).to.equal(true);
        }
      }),
    );
  });
});

describe("promiseOf", () => {
  const cases: [number: string, previous: string, promise: DecidedBump][] = [
    ["2.0.0", "1.9.9", Bump.MAJOR],
    ["1.3.0", "1.2.0", Bump.MINOR],
    ["1.2.1", "1.2.0", Bump.PATCH],
    ["2.0.0-rc.1", "1.2.0", Bump.MAJOR],
    ["1.2.1-rc.1", "1.2.0", Bump.PATCH],
    ["0.2.1", "0.2.0", Bump.MAJOR],
    ["1.0.0", "0.9.0", Bump.MAJOR],
  ];
  for (const [number, previous, promise] of cases) {
    it(`${number} after ${previous} promises like ${Bump[promise]}`, () => {
      expect(promiseOf(number, previous)).to.equal(promise);
    });
  }
});
