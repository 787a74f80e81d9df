import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ConditionFailure, ConditionInvalid } from "@slipway/expressions";
import { EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { expect } from "chai";
import { compileFilter } from "./event-filter.ts";

const event = create(EventSchema, {
  id: "0190aaaa-0000-7000-8000-000000000001",
  type: "slipway.version.published",
  subject: "tenants/default/models/iris/versions/1.2.0",
  sequence: 7n,
  time: timestampFromMs(Date.UTC(2026, 10, 22)),
  payload: {
    number: "1.2.0",
    tags: { env: "prod" },
    fileCount: 3,
    findings: [{ rule: "a" }, { rule: "b" }],
    long: Array.from({ length: 2000 }, (_, n) => n),
  },
});

const matches: [string, boolean][] = [
  ["", true],
  ["event.type == 'slipway.version.published'", true],
  ["event.payload.number.startsWith('2.')", false],
  ["event.payload.fileCount > 2", true],
  ["event.sequence == 7", true],
  ["event.payload.tags.env in ['prod', 'staging']", true],
  ["has(event.payload.tags.team) && event.payload.tags.team == 'x'", false],
  ["event.payload.findings.exists(f, f.rule == 'b')", true],
  ["event.payload.findings.all(f, f.rule == 'b')", false],
  ["event.payload.findings.map(f, f.rule) == ['a', 'b']", true],
  ["event.subject.matches('/models/iris/')", true],
  ["event.time < timestamp('2026-12-01T00:00:00Z')", true],
  ["event.payload.fileCount > 2 ? true : false", true],
  ["type(event.payload.number) == string", true],
];

const invalid: [string, RegExp][] = [
  ["event.type ==", /line 1, character/],
  ["subject == 'x'", /no "subject", only "event"/],
  ["event.kind == 'x'", /no field "kind", only id, tenant/],
  ["starts(event.type)", /no function "starts"/],
  ["event.payload.x.exists(y, z == 1)", /no "z"/],
  ["'yes'", /true or false/],
  ["[true]", /true or false/],
  ["size(event.type)", /true or false/],
  ["event.sequence + 1", /true or false/],
  ["true ? 1 : 2", /true or false/],
  ["[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))", /nested more than 3 deep/],
  [`event.type == '${"x".repeat(2048)}'`, /longer than 2048/],
  [`${"(".repeat(1000)}true${")".repeat(1000)}x`, /nested too deep|line 1/],
];

const failures: [string, RegExp][] = [
  ["event.payload.nothing == 1", /nothing/],
  ["event.payload.number > 1", /.+/],
  ["event.payload.tags", /does not give true or false/],
  ["event.payload.long.all(a, event.payload.long.all(b, a + b >= 0.0))", /costs too much/],
  ["event.payload.long.exists(a, event.payload.long.exists(b, a * b < 0.0) || a < 0.0)", /costs too much/],
  ["event.payload.long.exists(a, event.payload == {'a': a})", /costs too much/],
];

describe("event filter", () => {
  for (const [text, expected] of matches) {
    it(`${text || "(empty)"} gives ${expected}`, () => {
      expect(compileFilter(text)(event)).to.equal(expected);
    });
  }

  for (const [text, message] of invalid) {
    it(`refuses ${text.slice(0, 60)}`, () => {
      expect(() => compileFilter(text)).to.throw(ConditionInvalid, message);
    });
  }

  for (const [text, message] of failures) {
    it(`fails on the event: ${text.slice(0, 80)}`, () => {
      const filter = compileFilter(text);
      expect(() => filter(event)).to.throw(ConditionFailure, message);
    });
  }

  it("evaluates the same filter again after one that was too costly", () => {
    const costly = compileFilter("event.payload.long.all(a, event.payload.long.all(b, a + b >= 0.0))");
    expect(() => costly(event)).to.throw(ConditionFailure);
    expect(compileFilter("event.payload.long.exists(a, a == 1999.0)")(event)).to.equal(true);
  });
});
