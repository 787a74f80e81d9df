import { create } from "@bufbuild/protobuf";
import {
  BOOL,
  type Budget,
  type Condition,
  ConditionCompiler,
  ConditionFailure,
  ConditionInvalid,
  DOUBLE,
  explain,
  INT,
  type Shape,
  STRING,
} from "@slipway/expressions";
import type { Gate } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { type GateResult, GateResultSchema } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { type GateVariables, gateValues } from "./gate-variables.ts";

/** What one gate may cost, and all that are judged together: 100 ms at the very worst (see Meter). */
const GATE_BUDGET_UNITS = 20_000;
const TOTAL_BUDGET_UNITS = 100_000;

const METRICS: Shape = { kind: "map", of: DOUBLE };
const STRINGS: Shape = { kind: "list", of: STRING };

const VERSION: Shape = {
  kind: "struct",
  words: "a version",
  fields: {
    number: STRING,
    stage: STRING,
    labels: STRINGS,
    tags: { kind: "map", of: STRING },
    metrics: METRICS,
    author: STRING,
    creator: STRING,
    framework: STRING,
    formats: STRINGS,
    sizeBytes: INT,
    verdict: STRING,
  },
};
const EVALUATION: Shape = {
  kind: "struct",
  words: "an evaluation",
  fields: { dataset: STRING, verified: BOOL, metrics: METRICS },
};
const FINDING: Shape = {
  kind: "struct",
  words: "a finding",
  fields: { rule: STRING, severity: STRING, path: STRING },
};

const compiler = new ConditionCompiler({
  shapes: {
    version: VERSION,
    evaluations: { kind: "list", of: EVALUATION },
    findings: { kind: "list", of: FINDING },
    incumbent: VERSION,
  },
});

/** What is wrong with the text of a gate, in words; undefined where it can be judged. */
export function gateProblem(expression: string): string | undefined {
  const compiled = compiledOrProblem(expression);
  return typeof compiled === "string" ? compiled : undefined;
}

/**
 * Judges gates, in their order. One that has no answer, because a metric is missing, a type does not fit or it costs too
 * much, has not passed, and says why.
 */
export function judgeGates(gates: readonly Gate[], variables: GateVariables): GateResult[] {
  const values = gateValues(variables);
  let leftUnits = TOTAL_BUDGET_UNITS;
  return gates.map(({ name, expression }, index) => {
    // What earlier ones left over is for all that follow, so that one costly gate does not take it from the others.
    const share = leftUnits / (gates.length - index);
    const budget: Budget = { leftUnits: Math.min(GATE_BUDGET_UNITS, share) };
    leftUnits -= budget.leftUnits;
    const compiled = compiledOrProblem(expression);
    const explanation =
      typeof compiled === "string" ? `it cannot be judged: ${compiled}` : judge(compiled, values, budget);
    leftUnits += Math.max(0, budget.leftUnits);
    return create(GateResultSchema, { gate: name, expression, passed: explanation === "", explanation });
  });
}

/** Why the gate does not hold; empty where it does. */
function judge(gate: Condition, values: ReturnType<typeof gateValues>, budget: Budget): string {
  try {
    return gate.holds(values, { budget }) ? "" : explain(gate, values, budget);
  } catch (error) {
    if (error instanceof ConditionFailure) return explain(gate, values, budget);
    throw error;
  }
}

function compiledOrProblem(expression: string): Condition | string {
  try {
    return compiler.compile(expression);
  } catch (error) {
    if (error instanceof ConditionInvalid) return error.message;
    throw error;
  }
}
