import { expect } from "chai";
import { provenArtifact } from "../artifacts/artifact.ts";
import { confirmedReference, pendingReference } from "../references/reference.ts";
import { expiryOf, noted } from "./expiry.ts";

const HOUR_MS = 60 * 60 * 1000;
const pending = pendingReference("artifacts/a", "holder", 0);
const about = { digest: "a".repeat(64) };
const record = { ...provenArtifact("t", "u", 0, about, { pagesUid: "p", pageFirstPaths: [] }), isCondemned: true };

describe("an artifact whose day is over", () => {
  it("goes without a reference", () => {
    expect(expiryOf(undefined, 0)).to.deep.equal({ kind: "OVER" });
  });

  it("stays for a confirmed reference until it is released", () => {
    expect(expiryOf(confirmedReference(pending), 1000 * HOUR_MS)).to.deep.equal({ kind: "HELD" });
    expect(noted(record, { kind: "HELD" })).to.include({ isHeld: true, isCondemned: false });
  });

  it("outlives a claim that nobody has confirmed by a day", () => {
    const untilMs = 25 * HOUR_MS;
    for (const nowMs of [0, HOUR_MS, untilMs - 1])
      expect(expiryOf(pending, nowMs)).to.deep.equal({ kind: "KEPT", untilMs });
    expect(expiryOf(pending, untilMs)).to.deep.equal({ kind: "OVER" });
    const kept = noted(record, { kind: "KEPT", untilMs });
    expect(kept).to.include({ keepUntilMs: untilMs, isHeld: false, isCondemned: false });
  });
});
