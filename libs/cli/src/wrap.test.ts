import { expect } from "chai";
import { wrapped } from "./wrap.ts";

const stream = (isTTY: boolean, columns: number) => ({ isTTY, columns, write: () => true });

describe("Wrapped text", () => {
  const cases: [string, string, string][] = [
    ["one two three", "", "one two\nthree"],
    ["  dangerous a: b c", "    ", "  dangerous\n    a: b c"],
    ["12345678901 two", "", "12345678901\ntwo"],
    ["鸢尾花分 类", "", "鸢尾花分\n类"],
    ["a\nb", "", "a\nb"],
    ["", "", ""],
  ];
  for (const [text, indent, expected] of cases) {
    it(`breaks ${JSON.stringify(text)} between words`, () => {
      expect(wrapped(stream(true, 10), text, indent)).to.equal(expected);
    });
  }

  it("stays as it is off a terminal", () => {
    expect(wrapped(stream(false, 10), "one two three")).to.equal("one two three");
  });
});
