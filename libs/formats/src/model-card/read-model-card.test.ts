import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { licenceOf } from "./read-model-card.ts";

describe("model card", () => {
  const cases: [string, string | undefined][] = [
    ["---\nlicense: apache-2.0\n---\n# Hi", "apache-2.0"],
    ["---\r\ntags:\r\n- a\r\nlicense: mit # really\r\n---\r\n", "mit"],
    ['\uFEFF---\nlicense: "cc-by-4.0"\n---', "cc-by-4.0"],
    ["---\nlicense: other\nlicense_name: llama3\n---\n", "llama3"],
    ["---\nlicense: other\n---\n", "other"],
    ["---\nlicense:\n- mit\n---\n", "mit"],
    ["---\nlicense: [mit]\n---\n", "mit"],
    ["---\nbase:\n  license: mit\n---\n", undefined],
    ["---\nlicense: mit\n", undefined],
    ["# license: mit", undefined],
    ["---\nlicense:\n---\n", undefined],
  ];
  for (const [card, licence] of cases) {
    it(`reads ${JSON.stringify(licence)} from ${JSON.stringify(card)}`, () => {
      expect(licenceOf(card)).to.equal(licence);
    });
  }

  it("is found in a README", async () => {
    const { facts } = await inspectBytes("README.md", Buffer.from("---\nlicense: mit\n---\n"));
    expect(facts).to.deep.include({ format: "markdown", licence: "mit" });
  });
});
