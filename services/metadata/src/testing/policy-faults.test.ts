import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { expect } from "chai";
import { policyProblems } from "../policies/policy-rules.ts";

export type PolicyInit = MessageInitShape<typeof StagePolicySchema>;
type StageInit = NonNullable<PolicyInit["stages"]>[number];
export type EdgeInit = NonNullable<PolicyInit["edges"]>[number];

/** A policy with one thing wrong, and what is said of which field. */
export type Fault = [what: string, policy: PolicyInit, field: string, description: string];

export const problemsOf = (init: PolicyInit) => policyProblems(create(StagePolicySchema, init));

/** dev → live ⇄ old, of which `live` displaces to `old`; with one edge replaced and one stage added where given. */
export function policyWith({
  edge,
  stage,
  live,
}: {
  edge?: EdgeInit;
  stage?: StageInit;
  live?: StageInit;
}): PolicyInit {
  return {
    stages: [
      { name: "dev" },
      { name: "live", exclusive: true, displacedTo: "old", ...live },
      { name: "old" },
      ...(stage === undefined ? [] : [stage]),
    ],
    edges: [
      { from: "dev", to: "live", ...edge },
      { from: "old", to: "live" },
    ],
  };
}
/** The gates of an edge. */
export const gates = (...expressions: string[]) => ({
  gates: expressions.map((expression, index) => ({ name: `gate ${index}`, expression })),
});

/** A test of each fault. */
export function itRefuses(faults: readonly Fault[]): void {
  for (const [what, policy, field, description] of faults) {
    it(`refuses ${what}`, () => {
      const problem = problemsOf(policy).find((each) => each.field === field);
      expect(problem?.description).to.contain(description);
    });
  }
}
