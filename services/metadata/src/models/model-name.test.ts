import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import fc from "fast-check";
import { parseModelName } from "./model-name.ts";

function refusal(name: string): RpcError {
  try {
    parseModelName(name, "name");
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(name)}`);
}

describe("parseModelName", () => {
  const accepted = [
    "iris",
    "Iris 2",
    "鸢尾花",
    "классификатор",
    "a",
    "a.b",
    "...",
    "-a",
    "x\\y",
    "a?b#c",
    "x".repeat(256),
  ];
  for (const name of [...accepted, "😀".repeat(256)]) {
    it(`accepts ${name.slice(0, 20)}`, () => {
      expect(parseModelName(name, "name")).to.equal(name);
    });
  }

  it("stores a decomposed name composed", () => {
    expect(parseModelName("cafe\u0301", "name")).to.equal("caf\u00e9");
  });

  const refused: [name: string, problem: string][] = [
    ["", "it is empty"],
    ["x".repeat(257), "it has 257 characters"],
    ["a/b", "it contains /"],
    ["a:b", "it contains :"],
    ["a@b", "it contains @"],
    ["a%20b", "it contains %"],
    ["a\u0000b", "it contains the invisible character U+0000"],
    ["a\nb", "it contains the invisible character U+000A"],
    ["a\u007fb", "it contains the invisible character U+007F"],
    ["a\u200bb", "it contains the invisible character U+200B"],
    ["a\u200db", "it contains the invisible character U+200D"],
    ["a\u2060b", "it contains the invisible character U+2060"],
    ["a\ufeffb", "it contains the invisible character U+FEFF"],
    ["a\u00adb", "it contains the invisible character U+00AD"],
    ["a\u202eb", "it contains the invisible character U+202E"],
    ["a\u2066b", "it contains the invisible character U+2066"],
    ["a\u061cb", "it contains the invisible character U+061C"],
    ["a\u200eb", "it contains the invisible character U+200E"],
    ["a\u2028b", "it contains the invisible character U+2028"],
    ["a\u3164b", "it contains the invisible character U+3164"],
    ["a\ud800b", "it contains the invisible character U+D800"],
    [" a", "it begins or ends with space"],
    ["a ", "it begins or ends with space"],
    ["a\u3000", "it begins or ends with space"],
    [".", "it means a folder in paths"],
    ["..", "it means a folder in paths"],
    ["-", "it stands for all models in lists"],
  ];
  for (const [name, problem] of refused) {
    it(`refuses ${JSON.stringify(name.slice(0, 12))}: ${problem}`, () => {
      const error = refusal(name);
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.reason).to.equal("MODEL_NAME_INVALID");
      expect(error.metadata.problem).to.equal(problem);
      expect(error.message).to.contain(problem).and.contain("Use 1 to 256");
    });
  }

  it("spells invisible characters out in the message", () => {
    expect(refusal("a\u202eb").message).to.contain('"a<U+202E>b"');
  });

  it("gives names that parse to themselves", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        let name: string;
        try {
          name = parseModelName(text, "name");
        } catch {
          return;
        }
        expect(parseModelName(name, "name")).to.equal(name);
        expect(decodeURIComponent(encodeURIComponent(name))).to.equal(name);
        expect(name).to.not.match(/[/:@%]/);
      }),
    );
  });
});
