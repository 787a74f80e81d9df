import { expect } from "chai";
import { matchesOutput } from "./output-match.ts";

const CASES: [name: string, expected: string[], output: string, matches: boolean][] = [
  ["nothing shown accepts anything", [], "whatever\n", true],
  ["the same line", ["hello"], "hello\n", true],
  ["another line", ["hello"], "help\n", false],
  ["an output that stops early", ["one", "two"], "one\n", false],
  ["an output that goes on", ["one"], "one\ntwo\n", false],
  [
    "runs of spaces and empty lines",
    ["NAME  STATE", "", "iris  PUBLISHED"],
    "NAME   STATE\niris   PUBLISHED\n\n",
    true,
  ],
  ["a wildcard within a line", ["digest sha256:…  1.0.0"], "digest sha256:ab12  1.0.0\n", true],
  ["a wildcard that has nothing to stand for its neighbours", ["a … b"], "a b c\n", false],
  ["a wildcard line in the middle", ["first", "…", "last"], "first\n2\n3\nlast\n", true],
  ["a wildcard line for no lines", ["first", "…", "last"], "first\nlast\n", true],
  ["a wildcard line before a missing line", ["…", "last"], "first\n", false],
  ["signs that regular expressions know", ["(1.0.0) [a|b]?"], "(1x0.0) [a|b]?\n", false],
  ["colour", ["ready"], "\u001b[32mready\u001b[0m\n", true],
];

describe("The comparison of an example's output", () => {
  for (const [name, expected, output, matches] of CASES) {
    it(`${matches ? "accepts" : "refuses"}: ${name}`, () => {
      expect(matchesOutput(expected, output)).to.equal(matches);
    });
  }
});
