import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import fc from "fast-check";
import semver from "semver";
import { numbers } from "../testing/numbers.test.ts";
import { higherNumber, isNumber, isStable, parseNumber } from "./version-number.ts";

describe("version numbers", () => {
  for (const number of ["1.0.0", "0.0.0", "1.2.3-rc.1", "1.0.0-x.7.z.92", "1.0.0--", "9007199254740991.0.0"]) {
    it(`accepts ${number}`, () => {
      expect(parseNumber(number).version).to.equal(number);
      expect(isNumber(number)).to.equal(true);
    });
  }

  const form = "it does not have that form";
  const refused: [number: string, problem: string][] = [
    ["", form],
    ["1", form],
    ["1.2", form],
    ["1.2.3.4", form],
    ["01.2.3", form],
    ["1.2.3-01", form],
    ["1.2.3-", form],
    ["1.2.3-a..b", form],
    ["1.2.3-ä", form],
    ["-1.2.3", form],
    ["one", form],
    ["9007199254740992.0.0", form],
    [`1.0.0-${"a".repeat(251)}`, form],
    ["1.2.3+build.5", "it has build metadata"],
    ["1.2.3-rc.1+build", "it has build metadata"],
    ["v1.2.3", "it has characters around the number"],
    [" 1.2.3", "it has characters around the number"],
    ["1.2.3\n", "it has characters around the number"],
    ["1.0.0-9007199254740992", "9007199254740992 is larger than 9007199254740991"],
  ];
  for (const [number, problem] of refused) {
    it(`refuses ${JSON.stringify(number.slice(0, 24))}: ${problem}`, () => {
      expect(isNumber(number)).to.equal(false);
      expect(() => parseNumber(number))
        .to.throw(RpcError, problem)
        .that.includes({ code: "INVALID_ARGUMENT", reason: "VERSION_NUMBER_INVALID" });
      expect(() => parseNumber(number)).to.throw("Use MAJOR.MINOR.PATCH as in semver 2.0.0, such as 1.2.0.");
    });
  }

  it("tells stable numbers from pre-releases", () => {
    expect(["1.0.0", "0.1.0", "1.0.0-rc.1", "0.1.0-0"].map(isStable)).to.deep.equal([true, true, false, false]);
  });

  it("finds the higher number by precedence", () => {
    expect(higherNumber(undefined, undefined)).to.equal(undefined);
    expect(higherNumber("1.0.0", undefined)).to.equal("1.0.0");
    expect(higherNumber("1.10.0", "1.9.0")).to.equal("1.10.0");
    expect(higherNumber("1.0.0-rc.1", "1.0.0")).to.equal("1.0.0");
  });

  it("reads every number that semver writes", () => {
    fc.assert(fc.property(numbers, (number) => semver.eq(parseNumber(number), number)));
  });
});
