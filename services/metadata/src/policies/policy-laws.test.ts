import { create } from "@bufbuild/protobuf";
import { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { firstStage, stageOf } from "./policy.ts";
import { policyProblems } from "./policy-rules.ts";

describe("the validation of stage policies", () => {
  it("accepts only what versions can live by, whatever is sent", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const stage = fc.record({ name, exclusive: fc.boolean(), displacedTo: fc.oneof(fc.constant(""), name) });
    const edge = fc.record({ from: name, to: name, automatic: fc.boolean() });
    const policies = fc.record({
      stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
      edges: fc.array(edge, { maxLength: 4 }),
    });
    let accepted = 0;
    fc.assert(
      fc.property(policies, (init) => {
        const policy = create(StagePolicySchema, init);
        if (policyProblems(policy).length > 0) return;
        accepted += 1;
        const names = policy.stages.map((each) => each.name);
        expect(new Set(names).size).to.equal(names.length);
        expect(firstStage(policy).exclusive).to.equal(false);
        for (const { exclusive, displacedTo } of policy.stages) {
          expect(stageOf(policy, displacedTo)?.exclusive).to.equal(exclusive ? false : undefined);
        }
        for (const { from, to } of policy.edges)
          expect([from, to].every((each) => names.includes(each))).to.equal(true);
        expect(walks(policy.edges, policy.stages, firstStage(policy).name)).to.have.members(names);
        const automatic = policy.edges.filter((each) => each.automatic);
        // As many steps as there are stages, one by one, from anywhere, must come to an end before.
        let there = names;
        for (let step = 0; step < names.length; step += 1) {
          there = automatic.filter(({ from }) => there.includes(from)).map(({ to }) => to);
        }
        expect(there).to.deep.equal([]);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).to.be.greaterThan(20);
  });
});

/** Where a version can be, found by walking at random long enough. */
function walks(
  edges: readonly { from: string; to: string }[],
  stages: readonly { name: string; displacedTo: string }[],
  first: string,
): string[] {
  const ways = [
    ...edges,
    ...stages
      .filter(({ displacedTo }) => displacedTo !== "")
      .map(({ name, displacedTo }) => ({ from: name, to: displacedTo })),
  ];
  let reached = [first];
  for (let round = 0; round < stages.length; round += 1) {
    reached = [...new Set([...reached, ...ways.filter(({ from }) => reached.includes(from)).map(({ to }) => to)])];
  }
  return reached;
}
