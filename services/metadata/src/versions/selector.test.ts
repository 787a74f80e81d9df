import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import fc from "fast-check";
import semver from "semver";
import { parseAlias } from "../models/alias.ts";
import { numbers } from "../testing/numbers.test.ts";
import { isBelowRange, isInRange, parseSelector, type Selector } from "./selector.ts";

describe("parseSelector", () => {
  const cases: [text: string, selector: Selector][] = [
    ["1.2.0", { kind: "number", number: "1.2.0" }],
    ["1.2.0-rc.1", { kind: "number", number: "1.2.0-rc.1" }],
    ["^1.2", { kind: "range", range: "^1.2" }],
    ["1.x", { kind: "range", range: "1.x" }],
    ["1", { kind: "range", range: "1" }],
    ["v1", { kind: "range", range: "v1" }],
    ["*", { kind: "range", range: "*" }],
    ["x", { kind: "range", range: "x" }],
    [">=1.2.0 <2.0.0", { kind: "range", range: ">=1.2.0 <2.0.0" }],
    ["1.2.0 || ^3", { kind: "range", range: "1.2.0 || ^3" }],
    ["latest", { kind: "latest" }],
    ["", { kind: "latest" }],
    ["production", { kind: "word", word: "production" }],
    ["champion", { kind: "word", word: "champion" }],
    ["x-ray", { kind: "word", word: "x-ray" }],
  ];
  for (const [text, selector] of cases) {
    it(`reads "${text}" as ${selector.kind}`, () => {
      expect(parseSelector(text)).to.deep.equal(selector);
    });
  }

  for (const text of ["Champion", "1.2.3.4", "über", "a b", "@", "01.0.0", "1.0.0-01"]) {
    it(`refuses "${text}"`, () => {
      expect(() => parseSelector(text))
        .to.throw(RpcError, "Use an exact version, a semver range")
        .that.includes({ code: "INVALID_ARGUMENT", reason: "SELECTOR_INVALID" });
    });
  }

  it("reads every number as exact and every alias as a word", () => {
    fc.assert(fc.property(numbers, (number) => parseSelector(number).kind === "number"));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), (text) => {
        let alias: string;
        try {
          alias = parseAlias(text);
        } catch {
          return parseSelector(text).kind !== "word" || /^v[0-9]+$/.test(text);
        }
        return parseSelector(alias).kind === "word";
      }),
    );
  });
});

describe("ranges", () => {
  it("take pre-releases only where they name one", () => {
    expect(isInRange("1.2.5", "^1.2")).to.equal(true);
    expect(isInRange("2.0.0", "^1.2")).to.equal(false);
    expect(isInRange("1.3.0-rc.1", "^1.2")).to.equal(false);
    expect(isInRange("1.3.0-rc.2", ">=1.3.0-rc.1")).to.equal(true);
  });

  it("hold nothing below where the search stops", () => {
    const ranges = fc
      .tuple(fc.constantFrom("^", "~", ">=", ">", "<", "<=", ""), numbers)
      .map(([operator, number]) => `${operator}${number}`);
    fc.assert(
      fc.property(ranges, numbers, (range, number) => {
        fc.pre(semver.validRange(range) !== null);
        if (isBelowRange(number, range)) expect(isInRange(number, range)).to.equal(false);
      }),
    );
  });
});
