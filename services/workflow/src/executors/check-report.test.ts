import type { JsonObject } from "@bufbuild/protobuf";
import { CheckState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { expect } from "chai";
import { reportOf } from "./check-report.ts";

const { PASSED, FAILED } = CheckState;

describe("reportOf", () => {
  const cases: [string, Record<string, JsonObject>, CheckState, string][] = [
    ["no step before", {}, PASSED, ""],
    ["a step that says nothing", { a: { status: 204, body: "" } }, PASSED, ""],
    ["a text", { a: { status: 200, body: "passed: false" } }, PASSED, ""],
    ["a message alone", { a: { body: { message: "fine" } } }, PASSED, "fine"],
    ["what passed", { a: { body: { passed: true, message: "p99 20 ms" } } }, PASSED, "p99 20 ms"],
    ["what failed", { a: { body: { passed: false, message: "p99 2 s" } } }, FAILED, "p99 2 s"],
    [
      "one of two that failed",
      { a: { body: { passed: true, message: "good" } }, b: { body: { passed: false, message: "bad" } } },
      FAILED,
      "bad",
    ],
    ["a message that is none", { a: { body: { passed: false, message: 7 } } }, FAILED, ""],
    ["a list", { a: { body: [{ passed: false }] } }, PASSED, ""],
  ];
  for (const [what, outputs, state, message] of cases) {
    it(`reads ${what}`, () => {
      expect(reportOf(outputs)).to.deep.equal({ state, message });
    });
  }

  it("keeps within the bounds of a message", () => {
    expect(reportOf({ a: { body: { message: "x".repeat(10_000) } } }).message).to.have.length(4096);
  });
});
