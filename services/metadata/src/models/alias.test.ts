import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { DEFAULT_POLICY } from "../policies/default-policy.ts";
import { checkNotStage, checkRoomForAlias, parseAlias } from "./alias.ts";

describe("aliases", () => {
  for (const alias of ["champion", "c", "a-b", "a_b", "x1", "x-ray", "v1-old", "v", "x".repeat(64)]) {
    it(`accepts ${alias}`, () => {
      expect(parseAlias(alias)).to.equal(alias);
    });
  }

  const refused: [alias: string, problem: string][] = [
    ["", "it does not match [a-z][a-z0-9_-]*"],
    ["Champion", "it does not match [a-z][a-z0-9_-]*"],
    ["1st", "it does not match [a-z][a-z0-9_-]*"],
    ["a b", "it does not match [a-z][a-z0-9_-]*"],
    ["chämpion", "it does not match [a-z][a-z0-9_-]*"],
    ["a\n", "it does not match [a-z][a-z0-9_-]*"],
    ["x".repeat(65), "it has more than 64 characters"],
    ["latest", "it means the highest stable published version"],
    ["v1", "it looks like a version number"],
    ["v20261122", "it looks like a version number"],
    ["v99999999999999999999", "it looks like a version number"],
    ["x", "it is a range of versions"],
  ];
  for (const [alias, problem] of refused) {
    it(`refuses ${JSON.stringify(alias.slice(0, 24))}: ${problem}`, () => {
      expect(() => parseAlias(alias))
        .to.throw(RpcError, problem)
        .that.includes({ code: "INVALID_ARGUMENT", reason: "ALIAS_INVALID" });
    });
  }

  it("are none of the policy's stages", () => {
    checkNotStage(DEFAULT_POLICY, "champion");
    expect(() => checkNotStage(DEFAULT_POLICY, "production"))
      .to.throw(RpcError, "it is a stage")
      .that.includes({ code: "INVALID_ARGUMENT", reason: "ALIAS_INVALID" });
  });

  it("bounds how many a model has, but lets the existing ones move", () => {
    const full = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`a${index}`, "1.0.0"]));
    checkRoomForAlias(full, "a7");
    expect(() => checkRoomForAlias(full, "another"))
      .to.throw(RpcError, "1000 aliases")
      .that.includes({
        reason: "ALIAS_INVALID",
      });
  });
});
