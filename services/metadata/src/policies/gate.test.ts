import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { GateSchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { gateProblem, judgeGates } from "./gate.ts";
import type { GateEvaluation } from "./gate-variables.ts";

const version: MessageInitShape<typeof VersionSchema> = {
  number: "1.2.0",
  stage: "testing",
  labels: ["reviewed"],
  tags: { team: "fraud", toString: "mine" },
  metrics: { f1: 0.79, recall: 1 },
  author: "Ada",
  creator: "users/ada",
  summary: { framework: "skl2onnx 1.19", formats: ["onnx"] },
  sizeBytes: 5_000_000_000n,
  verdict: Verdict.SUSPICIOUS,
  findings: [{ rule: "onnx.custom", severity: Verdict.SUSPICIOUS, path: "m.onnx" }],
};
const evaluations: GateEvaluation[] = [
  { dataset: "imdb-test", verified: true, metrics: { f1: 0.79 } },
  { dataset: "imdb-small", verified: false, metrics: {} },
];

/** The result of one gate; the incumbent has an F1 of 0.81 unless there is none. */
function judge(expression: string, hasIncumbent = true) {
  const incumbent = hasIncumbent ? create(VersionSchema, { number: "1.1.0", metrics: { f1: 0.81 } }) : undefined;
  const variables = { version: create(VersionSchema, version), evaluations, incumbent };
  const [result] = judgeGates([create(GateSchema, { name: "gate", expression })], variables);
  return result;
}

describe("gates", () => {
  const passing = [
    "version.metrics.recall >= 0.8",
    "version.metrics.recall == 1",
    "version.number == '1.2.0' && version.stage == 'testing' && version.author == 'Ada'",
    "version.creator == 'users/ada' && version.framework.startsWith('skl') && version.formats == ['onnx']",
    "version.tags.team == 'fraud' && version.tags.toString == 'mine' && !('valueOf' in version.tags)",
    "'reviewed' in version.labels",
    "version.sizeBytes < 6000000000 && version.verdict == 'SUSPICIOUS'",
    "evaluations.exists(e, e.verified && e.dataset == 'imdb-test' && e.metrics.f1 > 0.7)",
    "findings.all(f, f.severity != 'DANGEROUS' && f.rule == 'onnx.custom' && f.path == 'm.onnx')",
    "incumbent.number == '1.1.0' && incumbent != null",
  ];
  for (const expression of passing) {
    it(`passes ${expression}`, () => {
      expect(gateProblem(expression)).to.equal(undefined);
      expect(judge(expression)).to.include({ gate: "gate", expression, passed: true, explanation: "" });
    });
  }

  it("passes over an incumbent that is not there, where the gate says so", () => {
    const expression = "incumbent == null || version.metrics.f1 > incumbent.metrics.f1";
    expect(judge(expression, false)?.passed).to.equal(true);
    expect(judge(expression)?.explanation).to.contain(
      "version.metrics.f1 is 0.79, which is not > incumbent.metrics.f1, 0.81",
    );
    const careless = judge("version.metrics.f1 > incumbent.metrics.f1", false);
    expect(careless).to.include({ passed: false, explanation: "incumbent is null, and has no metrics" });
  });

  const failing: [expression: string, explanation: string][] = [
    ["version.metrics.f1 >= 0.8", "version.metrics.f1 is 0.79, which is not >= 0.8"],
    ["version.metrics.auc >= 0.8", "version.metrics has no auc"],
    ["evaluations.all(e, e.metrics.f1 > 0.5)", "with e = evaluations[1], e.metrics has no f1"],
    ["size(findings) == 0", "size(findings) is 1, which is not == 0"],
    ["version.tags.team == 'spam'", 'version.tags.team is "fraud", which is not == "spam"'],
    [
      "version.metrics.map(m, [m, m]) == 1",
      'version.metrics.map(m, [m, m]) is [["f1", "f1"], ["recall", "recall"]], which is not == 1',
    ],
    ["version.foo == 1", 'it cannot be judged: a version has no field "foo", only number'],
  ];
  for (const [expression, explanation] of failing) {
    it(`fails ${expression}: ${explanation}`, () => {
      const result = judge(expression);
      expect(result?.passed).to.equal(false);
      expect(result?.explanation).to.contain(explanation);
    });
  }

  const refused: [expression: string, problem: string][] = [
    ["version.metrics", "it must give true or false"],
    ["version.metrics.f1", "it must give true or false"],
    ["version.stage > 3", "> cannot be done with string and int"],
    ["version.metrics.f1 + 1 > 2.0", "+ cannot be done with double and int"],
    ["version.labels < 3", "< cannot be done with a list and int"],
    ["incumbent > 3", "> cannot be done with a version and int"],
    ["version.number.startsWith(1)", "startsWith cannot be done with string and int"],
    ["version.tags.team && true", "&& joins what is true or false, not string"],
    ["evaluations.exists(e, e.verified == true && e.metrics.f1 > 'high')", "> cannot be done with double and string"],
    ["version.stage.name == 'x'", 'string has no field "name"'],
    ["model.name == 'x'", 'there is no "model", only "version", "evaluations", "findings", "incumbent"'],
    ["incumbent.score > 1.0", 'a version has no field "score", only number'],
    ["evaluations.exists(e, e.score > 1.0)", 'an evaluation has no field "score", only dataset, verified, metrics'],
    ["findings[0].message == ''", 'a finding has no field "message", only rule, severity, path'],
    ["version.metrics.f1 >", "line 1, character"],
    [`version.author == '${"x".repeat(2048)}'`, "it is longer than 2048 characters"],
    ["[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))", "its loops are nested more than 3 deep"],
    ["version.metrics.f1 + 1.0", "it must give true or false"],
  ];
  for (const [expression, problem] of refused) {
    it(`finds "${problem}" in ${expression.slice(0, 60)}`, () => {
      expect(gateProblem(expression) ?? "").to.contain(problem);
    });
  }

  it("fails what costs too much, and judges the others all the same", () => {
    const heavy = "[1, 2, 3].all(a, findings.all(b, findings.all(c, c != b || a > 0)))";
    const findings = Array.from({ length: 1000 }, (_, index) => ({ rule: `r${index}` }));
    const gates = [heavy, ...Array.from({ length: 48 }, () => heavy), "version.number == '1.2.0'"].map(
      (expression, index) => create(GateSchema, { name: `gate ${index}`, expression }),
    );
    const results = judgeGates(gates, {
      version: create(VersionSchema, { ...version, findings }),
      evaluations,
      incumbent: undefined,
    });
    expect(results[0]?.explanation).to.equal("it costs too much on these values: use fewer or shorter loops");
    expect(results.slice(0, 49).some(({ passed }) => passed)).to.equal(false);
    expect(results[49]?.explanation).to.equal("");
  });
});
