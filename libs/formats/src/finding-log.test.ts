import { expect } from "chai";
import type { Finding } from "./finding.ts";
import { FindingLog, findingOf } from "./finding-log.ts";
import { RULES } from "./rules.ts";

describe("findings", () => {
  it("are bounded by severity, so that a flood hides nothing worse", () => {
    const findings: Finding[] = [];
    const log = new FindingLog(3, (finding) => findings.push(finding));
    for (let index = 0; index < 10; index++) log.report("file.source", "a", "note");
    for (let index = 0; index < 10; index++) log.report("format.mismatch", "a", "odd");
    log.report("pickle.import.denied", "a", "bad");
    const rules = findings.map(({ ruleId }) => ruleId);
    expect(rules).to.deep.equal([
      ...Array(3).fill("file.source"),
      ...Array(3).fill("format.mismatch"),
      "reader.findings-limit",
      "pickle.import.denied",
    ]);
  });

  it("are safe to print and to send", () => {
    const { path, message } = findingOf("archive.name", "a\u001b[31m\u202e\ud800", `x${"y".repeat(10_000)}\n`);
    expect(path).to.equal("a\\u{1b}[31m\\u{202e}\ufffd");
    expect(message.length).to.be.at.most(4096);
    expect(findingOf("archive.name", "\u0000".repeat(9999), "x").path.length).to.be.at.most(4096);
    expect(message)
      .to.match(/^Xy/)
      .and.to.match(/Pack the archive again/);
  });

  it("have rules with short ids and a sentence to follow", () => {
    for (const [id, { advice }] of Object.entries(RULES)) {
      expect(id).to.match(/^[a-z0-9]+(?:[.-][a-z0-9]+)+$/);
      expect(id.length).to.be.at.most(128);
      expect(advice).to.match(/^[A-Z].*\.$/);
    }
  });
});
