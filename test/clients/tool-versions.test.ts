import { expect } from "chai";
import { isAtLeast } from "./tool-versions.ts";

describe("The version of a tool", () => {
  for (const [text, minimum, enough] of [
    ["go version go1.26.8 linux/amd64", "1.21", true],
    ["go version go1.21 linux/amd64", "1.21", true],
    ["go version go1.19.8 linux/amd64", "1.21", false],
    ["javac 17", "17", true],
    ["javac 17.0.15", "17", true],
    ["javac 11.0.2", "17", false],
    ["3.9.18", "3.10", false],
    ["4.0.0", "3.10", true],
    ["", "1", false],
  ] as const) {
    it(`"${text}" is ${enough ? "" : "not "}at least ${minimum}`, () => {
      expect(isAtLeast(text, minimum)).to.equal(enough);
    });
  }
});
