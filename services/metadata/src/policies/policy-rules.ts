import { toJsonString } from "@bufbuild/protobuf";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import {
  type RequiredCheck,
  type Stage,
  type StageEdge,
  type StagePolicy,
  StagePolicySchema,
} from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { fail } from "@slipway/rpc";
import { selectorWordProblem } from "../names/selector-word.ts";
import { gateProblem } from "./gate.ts";
import { stageOf } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { closesCircle, reachableStages } from "./stage-graph.ts";

/** Every publication reads the policy, and every change of it is an event. */
const MAX_POLICY_BYTES = 256 * 1024;
/** Errors travel in headers: what is more is found once these are corrected. */
const MAX_PROBLEMS = 20;

const CHECK_NAME = /^[a-z][a-z0-9_-]*$/;
const PRINCIPAL = /^(users|serviceAccounts)\/[^/\p{Cc}]+$/u;

/**
 * Everything for which a policy cannot be used, beyond what the annotations in the proto say; empty when it can. Paths
 * begin at the request's field `policy`; at most 20.
 */
export function policyProblems(policy: StagePolicy): Problem[] {
  const bytes = Buffer.byteLength(toJsonString(StagePolicySchema, policy));
  if (bytes > MAX_POLICY_BYTES) {
    const description = `It has ${bytes} bytes as JSON; at most ${MAX_POLICY_BYTES}. Use fewer or shorter gates.`;
    return [{ field: "policy", description }];
  }
  return [
    ...policy.stages.flatMap((stage, index) => stageProblems(stage, index, policy)),
    ...policy.edges.flatMap((edge, index) => edgeProblems(edge, index, policy)),
  ].slice(0, MAX_PROBLEMS);
}

/** Refuses with STAGE_POLICY_INVALID what cannot be used, naming each fault. */
export function checkPolicy(policy: StagePolicy): void {
  const [first, ...others] = policyProblems(policy);
  if (first === undefined) return;
  const problem = `${first.field}: ${first.description.replace(/\.$/, "")}`;
  throw fail("STAGE_POLICY_INVALID", { problem }, { fields: [first, ...others] });
}

function stageProblems(stage: Stage, index: number, policy: StagePolicy): Problem[] {
  const { name, exclusive, displacedTo } = stage;
  const problems: Problem[] = [];
  const report = reporter(problems, `policy.stages[${index}]`);
  const problem = selectorWordProblem(name);
  if (problem !== undefined) report("name", `"${name}" cannot be a stage: ${problem}. Choose another name.`);
  const first = firstWith(policy.stages, stage, (each) => each.name);
  if (first !== index) report("name", `policy.stages[${first}] has the name "${name}" already. Give each its own.`);
  else if (!reachable(policy).has(name)) {
    report("name", `No way leads to "${name}" from "${policy.stages[0]?.name}". Add an edge to it, or remove it.`);
  }
  if (exclusive && index === 0) {
    report("exclusive", "Every publication enters the first stage: it cannot be exclusive. Put another one first.");
  }
  if (!exclusive && displacedTo !== "") {
    report(
      "displaced_to",
      "Nothing is displaced from a stage that is not exclusive. Make it exclusive, or leave it out.",
    );
  }
  if (exclusive) {
    const wrong = displacementProblem(stage, policy);
    if (wrong !== undefined) report("displaced_to", wrong);
  }
  return problems;
}

function displacementProblem({ name, displacedTo }: Stage, policy: StagePolicy): string | undefined {
  const target = stageOf(policy, displacedTo);
  if (displacedTo === "") return `"${name}" is exclusive: say which stage the version goes to that is displaced.`;
  if (target === undefined) return noStage(displacedTo, policy);
  if (displacedTo === name) return `"${name}" cannot displace to itself. Name another stage.`;
  if (target.exclusive) return `"${displacedTo}" is exclusive too. Name a stage that takes any number of versions.`;
  return undefined;
}

function edgeProblems(edge: StageEdge, index: number, policy: StagePolicy): Problem[] {
  const { from, to, gates, checks, approvals, automatic } = edge;
  const problems: Problem[] = [];
  const report = reporter(problems, `policy.edges[${index}]`);
  if (stageOf(policy, from) === undefined) report("from", noStage(from, policy));
  if (stageOf(policy, to) === undefined) report("to", noStage(to, policy));
  if (from === to) report("to", `It leads from "${from}" to itself. Name another stage.`);
  const first = firstWith(policy.edges, edge, (each) => `${each.from} ${each.to}`);
  if (first !== index) {
    report("to", `policy.edges[${first}] leads from "${from}" to "${to}" already. Put what both ask for into one.`);
  }
  gates.forEach((gate, position) => {
    const earlier = firstWith(gates, gate, ({ name }) => name);
    if (earlier !== position) {
      report(`gates[${position}].name`, `gates[${earlier}] has the name "${gate.name}" already. Give each its own.`);
    }
    const problem = gateProblem(gate.expression);
    if (problem !== undefined) report(`gates[${position}].expression`, `It cannot be judged: ${problem}.`);
  });
  checks.forEach((check, position) => {
    checkProblems(check, position, checks, report);
  });
  if (approvals?.minimumRole === Role.VIEWER) {
    report("approvals.minimum_role", "Viewers cannot approve. Use ROLE_CONTRIBUTOR, ROLE_REVIEWER or ROLE_ADMIN.");
  }
  const others = policy.edges.filter((each) => each.automatic);
  if (automatic && from !== to && closesCircle(edge, others)) {
    const circle = `Automatic edges lead from "${to}" back to "${from}": versions would run in circles`;
    report("automatic", `${circle}. Make one of them not automatic.`);
  }
  return problems;
}

function checkProblems(
  check: RequiredCheck,
  position: number,
  checks: readonly RequiredCheck[],
  report: (field: string, description: string) => void,
): void {
  const { name, reporters } = check;
  if (!CHECK_NAME.test(name)) {
    report(`checks[${position}].name`, `"${name}" does not match [a-z][a-z0-9_-]*. Choose another name.`);
  }
  const earlier = firstWith(checks, check, (each) => each.name);
  if (earlier !== position) {
    report(`checks[${position}].name`, `checks[${earlier}] has the name "${name}" already. Give each its own.`);
  }
  reporters.forEach((principal, each) => {
    if (PRINCIPAL.test(principal)) return;
    const description = `"${principal}" is no principal. Use users/NAME or serviceAccounts/NAME.`;
    report(`checks[${position}].reporters[${each}]`, description);
  });
}

/** The stages that versions can come to: by edges, and by being displaced. */
function reachable({ stages, edges }: StagePolicy): Set<string> {
  const displacements = stages.map(({ name, displacedTo }) => ({ from: name, to: displacedTo }));
  return reachableStages(stages[0]?.name ?? "", [...edges, ...displacements]);
}

function noStage(name: string, { stages }: StagePolicy): string {
  return `There is no stage "${name}". Use one of ${stages.map((stage) => stage.name).join(", ")}.`;
}

/** Where the first one with the same key stands. */
function firstWith<T>(all: readonly T[], one: T, keyOf: (each: T) => string): number {
  const key = keyOf(one);
  return all.findIndex((each) => keyOf(each) === key);
}

function reporter(problems: Problem[], path: string): (field: string, description: string) => void {
  return (field, description) => {
    problems.push({ field: `${path}.${field}`, description });
  };
}
