import { create } from "@bufbuild/protobuf";
import { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type EdgeInit, type Fault, gates, itRefuses, policyWith, problemsOf } from "../testing/policy-faults.test.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";
import { findEdge } from "./policy.ts";
import { checkPolicy, policyProblems } from "./policy-rules.ts";

const faults: Fault[] = [
  [
    "a stage that no way reaches",
    policyWith({ stage: { name: "lost" } }),
    "policy.stages[3].name",
    'No way leads to "lost" from "dev". Add an edge to it, or remove it.',
  ],
  [
    "a name used twice",
    policyWith({ stage: { name: "old" } }),
    "policy.stages[3].name",
    'policy.stages[2] has the name "old" already. Give each its own.',
  ],
  [
    "a name that means something else",
    { stages: [{ name: "latest" }] },
    "policy.stages[0].name",
    '"latest" cannot be a stage: it means the highest stable published version. Choose another name.',
  ],
  [
    "a name that is a range",
    { stages: [{ name: "x" }] },
    "policy.stages[0].name",
    '"x" cannot be a stage: it is a range of versions. Choose another name.',
  ],
  [
    "a name that looks like a number",
    { stages: [{ name: "v2" }] },
    "policy.stages[0].name",
    '"v2" cannot be a stage: it looks like a version number. Choose another name.',
  ],
  [
    "a name in capitals",
    { stages: [{ name: "Dev" }] },
    "policy.stages[0].name",
    '"Dev" cannot be a stage: it does not match [a-z][a-z0-9_-]*. Choose another name.',
  ],
  [
    "an exclusive first stage",
    { stages: [{ name: "dev", exclusive: true, displacedTo: "old" }, { name: "old" }] },
    "policy.stages[0].exclusive",
    "Every publication enters the first stage: it cannot be exclusive. Put another one first.",
  ],
  [
    "an exclusive stage that does not say where to",
    policyWith({ live: { name: "live", displacedTo: "" }, edge: { to: "old" } }),
    "policy.stages[1].displaced_to",
    '"live" is exclusive: say which stage the version goes to that is displaced.',
  ],
  [
    "a displacement to nowhere",
    policyWith({ live: { name: "live", displacedTo: "gone" }, edge: { to: "old" } }),
    "policy.stages[1].displaced_to",
    'There is no stage "gone". Use one of dev, live, old.',
  ],
  [
    "a displacement to itself",
    policyWith({ live: { name: "live", displacedTo: "live" }, edge: { to: "old" } }),
    "policy.stages[1].displaced_to",
    '"live" cannot displace to itself. Name another stage.',
  ],
  [
    "a displacement to an exclusive stage",
    policyWith({
      stage: { name: "hot", exclusive: true, displacedTo: "old" },
      live: { name: "live", displacedTo: "hot" },
      edge: { to: "old" },
    }),
    "policy.stages[1].displaced_to",
    '"hot" is exclusive too. Name a stage that takes any number of versions.',
  ],
  [
    "a displacement where there is none",
    policyWith({ live: { name: "live", exclusive: false }, edge: { to: "old" } }),
    "policy.stages[1].displaced_to",
    "Nothing is displaced from a stage that is not exclusive. Make it exclusive, or leave it out.",
  ],
];

describe("stage policy", () => {
  itRefuses(faults);

  it("finds nothing wrong with the default, a single stage, and everything used at once", () => {
    expect(policyProblems(DEFAULT_POLICY)).to.deep.equal([]);
    expect(problemsOf({ stages: [{ name: "only" }] })).to.deep.equal([]);
    const edge: EdgeInit = {
      ...gates("version.metrics.f1 >= 0.8", "incumbent == null"),
      checks: [{ name: "smoke", reporters: ["serviceAccounts/ci"] }],
      approvals: { count: 2 },
      automatic: true,
    };
    expect(problemsOf(policyWith({ edge }))).to.deep.equal([]);
  });

  it("tells every fault, the first 20 of many, and the first of them in words", () => {
    const policy = policyWith({ edge: gates(...Array.from({ length: 50 }, () => "version.score > 1")) });
    expect(problemsOf(policy)).to.have.length(20);
    expect(() => checkPolicy(create(StagePolicySchema, { stages: [{ name: "latest" }, { name: "x" }] })))
      .to.throw(RpcError, 'The stage policy cannot be used: policy.stages[0].name: "latest" cannot be a stage')
      .that.includes({ code: "INVALID_ARGUMENT", reason: "STAGE_POLICY_INVALID" })
      .and.has.property("fields")
      .that.has.length(3);
  });

  it("leads a version out of a stage that it does not have, into the first one", () => {
    expect(findEdge(DEFAULT_POLICY, "testing", "production")).to.include({ from: "testing", to: "production" });
    expect(findEdge(DEFAULT_POLICY, "development", "production")).to.equal(undefined);
    expect(findEdge(DEFAULT_POLICY, "bygone", "development")).to.include({ from: "bygone", to: "development" });
    expect(findEdge(DEFAULT_POLICY, "bygone", "production")).to.equal(undefined);
  });
});
