import { create } from "@bufbuild/protobuf";
import { FindingSchema, Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { decideAdmission, keptFindings, mayDecide } from "./admission.ts";

const danger = create(FindingSchema, {
  rule: "pickle.import.denied",
  severity: Verdict.DANGEROUS,
  path: "model.pkl",
  message: "it imports os.system",
});
const doubt = create(FindingSchema, { rule: "pickle.import.unknown", severity: Verdict.SUSPICIOUS });

describe("decideAdmission", () => {
  const { PUBLISHED, REJECTED } = VersionState;
  const unproven = "The files are not those that the artifact's digest promises.";
  const found = "The inspection found danger: pickle.import.denied in model.pkl: it imports os.system";
  const cases: [what: string, outcome: Parameters<typeof decideAdmission>[0], state: VersionState, reason: string][] = [
    ["safe", { proven: true, verdict: Verdict.SAFE, findings: [] }, PUBLISHED, ""],
    ["suspicious", { proven: true, verdict: Verdict.SUSPICIOUS, findings: [doubt] }, PUBLISHED, ""],
    ["dangerous", { proven: true, verdict: Verdict.DANGEROUS, findings: [doubt, danger] }, REJECTED, found],
    [
      "twice dangerous",
      { proven: true, verdict: Verdict.DANGEROUS, findings: [danger, danger] },
      REJECTED,
      `${found} (and 1 more)`,
    ],
    [
      "dangerous without finding",
      { proven: true, verdict: Verdict.DANGEROUS, findings: [] },
      REJECTED,
      "The inspection found danger: no finding says which.",
    ],
    ["unproven", { proven: false, verdict: Verdict.SAFE, findings: [] }, REJECTED, unproven],
    ["unproven and dangerous", { proven: false, verdict: Verdict.DANGEROUS, findings: [danger] }, REJECTED, unproven],
  ];
  for (const [what, outcome, state, stateReason] of cases) {
    it(`${what}: ${VersionState[state]}`, () => {
      expect(decideAdmission(outcome, false)).to.deep.equal({ state, stateReason });
      const reviewed = state === VersionState.PUBLISHED ? VersionState.READY : state;
      expect(decideAdmission(outcome, true)).to.deep.equal({ state: reviewed, stateReason });
    });
  }
});

describe("mayDecide", () => {
  const version = (state: VersionState, admissionRun = "") => ({
    revision: 1,
    modelUid: "m",
    ofModel: { name: "iris", aliases: [] },
    version: create(VersionSchema, { state, admissionRun }),
  });

  it("lets one run decide once", () => {
    expect(mayDecide(version(VersionState.VALIDATING), "runs/a", "v")).to.equal(true);
    expect(mayDecide(version(VersionState.PUBLISHED, "runs/a"), "runs/a", "v")).to.equal(false);
    expect(mayDecide(version(VersionState.REJECTED, "runs/a"), "runs/a", "v")).to.equal(false);
  });

  it("refuses another run", () => {
    expect(() => mayDecide(version(VersionState.PUBLISHED, "runs/a"), "runs/b", "v"))
      .to.throw(RpcError, "v is PUBLISHED: another run has decided")
      .that.includes({ code: "FAILED_PRECONDITION", reason: "VERSION_NOT_VALIDATING" });
  });
});

describe("keptFindings", () => {
  const long = (severity: Verdict) => create(FindingSchema, { rule: "r", severity, message: "x".repeat(4096) });

  it("keeps what a message can carry, and says what it leaves out", () => {
    const few = [danger, doubt];
    expect(keptFindings(few)).to.deep.equal(few);
    const many = [...Array(100).keys()].map((index) => long(index < 40 ? Verdict.DANGEROUS : Verdict.SUSPICIOUS));
    const kept = keptFindings(many);
    expect(kept).to.have.length(33);
    expect(kept.slice(0, 32)).to.deep.equal(many.slice(0, 32));
    expect(kept[32]).to.deep.include({ severity: Verdict.DANGEROUS });
    expect(kept[32]?.message).to.contain("68 more findings are left out");
  });
});
