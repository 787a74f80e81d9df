import { expect } from "chai";
import { fail } from "./fail.ts";
import { isReason, REASONS } from "./reasons.ts";
import { renderReasons } from "./render-reasons.ts";
import { encodeStatus } from "./wire/status.ts";

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
    const fields = [{ field: "path", description: `not ${path}` }] as const;
    const error = fail("PATH_INVALID", { path, problem: `"${path}" has a control character` }, { fields });
    const shown = "a\\u{0}b\\u{1b}[31m\\u{a}\\u{9b}\\u{202e}\\u{200b}鸢尾 🌷";
    expect(error.message)
      .to.contain(`"${shown}"`)
      .and.not.to.match(/\p{Cc}/u);
    expect(error.message.split(shown)).to.have.length(3);
    expect(error.fields).to.deep.equal([{ field: "path", description: `not ${shown}` }]);
    expect(error.metadata.path).to.equal(path);
  });

  it("has for every INVALID_ARGUMENT the field, unless each call names it or there is none to name", () => {
    const withoutField: string[] = [];
    for (const [reason, definition] of Object.entries(REASONS)) {
      if (definition.code !== "INVALID_ARGUMENT") continue;
      if (definition.field === "NONE") withoutField.push(reason);
      else if (definition.field !== "GIVEN") expect(definition.field, reason).to.match(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/);
    }
    // The first never was a message of the contract; the others fail in the client, before anything is sent.
    expect(withoutField).to.have.members(["REQUEST_MALFORMED", "HEADER_INVALID", "ADDRESS_INVALID"]);
  });

  it("names the field that an INVALID_ARGUMENT is about: the register's, the given one, or several", () => {
    const selector = fail("SELECTOR_INVALID", { selector: "!!", problem: "it is none" });
    expect(selector.fields).to.deep.equal([{ field: "selector", description: selector.message }]);
    const name = fail("MODEL_NAME_INVALID", { name: "a:b", problem: "it contains :" }, { field: "model.name" });
    expect(name.fields).to.deep.equal([{ field: "model.name", description: name.message }]);
    const fields = [
      { field: "a", description: "is wrong" },
      { field: "b", description: "is too" },
    ] as const;
    expect(fail("REQUEST_INVALID", { summary: "a and b" }, { fields }).fields).to.deep.equal(fields);
    const values = { version: "1.1.0", previous: "1.0.0", differences: "a", needed: "2.0.0" };
    expect(fail("VERSION_BUMP_TOO_SMALL", values, { fields }).fields).to.deep.equal(fields);
    expect(fail("KEY_MISSING").fields).to.deep.equal([]);
  });

  it("names the resource whose state is in the way of a FAILED_PRECONDITION", () => {
    for (const [reason, { code, message }] of Object.entries(REASONS)) {
      if (code === "FAILED_PRECONDITION") expect(message, reason).to.contain("{name}");
    }
    const deleted = fail("MODEL_DELETED", { name: "models/iris" });
    const violation = { type: "MODEL_DELETED", subject: "models/iris", description: deleted.message };
    expect(deleted.preconditions).to.deep.equal([violation]);
    const preconditions = [{ type: "STATE", subject: "models/lily", description: "must be there" }];
    expect(fail("MODEL_DELETED", { name: "models/iris" }, { preconditions }).preconditions).to.equal(preconditions);
    expect(fail("MODEL_NOT_FOUND", { name: "models/iris" }).preconditions).to.deep.equal([]);
  });

  it("keeps errors about the longest names within what every client takes, 8 KiB of trailers", () => {
    const name = `tenants/acme/models/${"🌷".repeat(256)}`;
    const { message } = fail("MODEL_DELETED", { name });
    const details = encodeStatus(fail("MODEL_DELETED", { name }), "0193-request").byteLength;
    expect(encodeURI(message).length + Math.ceil(details / 3) * 4).to.be.below(8 * 1024 - 256);
    const long = fail("MODEL_NAME_INVALID", { name: "🌷".repeat(256), problem: "it is long" }, { field: "model.name" });
    expect(long.fields).to.deep.equal([{ field: "model.name", description: "See the message." }]);
  });

  it("says an error about a field of the call that led to it", () => {
    const refused = fail("VERSION_NUMBER_INVALID", { version: "x", problem: "it is none" }, { field: "name" });
    const { code, reason, message, metadata, fields } = refused.aboutField("subject");
    expect({ code, reason, message, metadata }).to.deep.equal({
      code: refused.code,
      reason: refused.reason,
      message: refused.message,
      metadata: refused.metadata,
    });
    expect(fields).to.deep.equal([{ field: "subject", description: message }]);
    const missing = fail("VERSION_NOT_FOUND", { name: "models/iris/versions/1.0.0" });
    expect(missing.aboutField("subject")).to.equal(missing);
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
