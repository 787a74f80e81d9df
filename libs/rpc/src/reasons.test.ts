import { expect } from "chai";
import { fail } from "./fail.ts";
import { isReason, REASONS } from "./reasons.ts";
import { renderReasons } from "./render-reasons.ts";

describe("the register of reasons", () => {
  for (const [reason, { message }] of Object.entries(REASONS)) {
    it(`${reason} says what is wrong and then what to do`, () => {
      expect(reason).to.match(/^[A-Z][A-Z0-9_]{2,62}$/);
      // ErrorInfo allows metadata keys of this form only.
      for (const [, name] of message.matchAll(/\{(.*?)\}/g)) expect(name).to.match(/^[a-z][a-z0-9_]{0,63}$/);
      expect(message.split(/[.:;] /).length, "sentences").to.be.greaterThan(1);
      expect(message).to.match(/\.$/);
    });
  }

  it("fills the message from the values and sends them as metadata", () => {
    const error = fail("RANGE_INVALID", { offset: 10n, path: "a{size}b", size: 5 });
    expect(error.message).to.equal(
      "The offset 10 lies outside of a{size}b, which has 5 bytes. Ask for a range inside.",
    );
    expect([error.code, error.metadata]).to.deep.equal(["OUT_OF_RANGE", { offset: "10", path: "a{size}b", size: "5" }]);
  });

  it("escapes in the message what could command a terminal, and sends the value as it is", () => {
    const path = "a\u0000b\u001b[31m\n\u009b\u202e\u200b鸢尾 🌷";
    const fields = [{ field: "path", description: `not ${path}` }];
    const error = fail("PATH_INVALID", { path, problem: `"${path}" has a control character` }, { fields });
    const shown = "a\\u{0}b\\u{1b}[31m\\u{a}\\u{9b}\\u{202e}\\u{200b}鸢尾 🌷";
    expect(error.message)
      .to.contain(`"${shown}"`)
      .and.not.to.match(/\p{Cc}/u);
    expect(error.message.split(shown)).to.have.length(3);
    expect(error.fields).to.deep.equal([{ field: "path", description: `not ${shown}` }]);
    expect(error.metadata.path).to.equal(path);
  });

  it("keeps the cause in the process", () => {
    const cause = new Error("driver");
    expect(fail("STORAGE_FULL", {}, { cause }).cause).to.equal(cause);
  });

  it("knows its reasons", () => {
    expect([isReason("MODEL_NOT_FOUND"), isReason("toString"), isReason("")]).to.deep.equal([true, false, false]);
  });

  it("renders as a table with a row for each", () => {
    const lines = renderReasons().trimEnd().split("\n");
    expect(lines.length).to.equal(Object.keys(REASONS).length + 2);
    expect(lines.slice(2)).to.deep.equal(lines.slice(2).toSorted());
    for (const line of lines) expect(line.match(/(?<!\\)\|/g)?.length).to.equal(4);
  });
});
