import { durationMs } from "@bufbuild/protobuf/wkt";
import { ConditionInvalid } from "@slipway/expressions";
import type { Step, Trigger, Workflow } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { stepThatNeedsTransition, stepThatNeedsVersion } from "./definition.ts";
import { compileFilter } from "./event-filter.ts";
import { isAboutTransition, isAboutVersion, TRIGGER_EVENT_TYPES } from "./event-types.ts";
import { refusedHeaders, urlProblem } from "./http-address.ts";
import type { Problem } from "./problem.ts";
import { findCycle } from "./step-graph.ts";

/**
 * Everything for which a tenant's definition cannot be applied, beyond what the annotations in the proto say; empty
 * when it can. Paths begin at the request's field `workflow`.
 */
export function workflowProblems(workflow: Workflow): Problem[] {
  return [
    ...workflow.triggers.flatMap((trigger, index) => triggerProblems(trigger, `workflow.triggers[${index}]`)),
    ...subjectProblems(workflow),
    ...workflow.steps.flatMap((step, index) => stepProblems(step, index, workflow.steps)),
    ...cycleProblems(workflow.steps),
  ];
}

function triggerProblems(trigger: Trigger, path: string): Problem[] {
  const problems: Problem[] = [];
  if (!(TRIGGER_EVENT_TYPES as readonly string[]).includes(trigger.eventType)) {
    const description = `"${trigger.eventType}" starts no workflow. Use one of ${TRIGGER_EVENT_TYPES.join(", ")}.`;
    problems.push({ field: `${path}.event_type`, description });
  }
  try {
    compileFilter(trigger.filter);
  } catch (error) {
    if (!(error instanceof ConditionInvalid)) throw error;
    problems.push({ field: `${path}.filter`, description: `The filter cannot be used: ${error.message}.` });
  }
  return problems;
}

/** A step about a version or a transition needs triggers whose subject is one. */
function subjectProblems({ triggers, steps }: Workflow): Problem[] {
  const ofVersion = stepThatNeedsVersion(steps);
  const ofTransition = stepThatNeedsTransition(steps);
  return triggers.flatMap(({ eventType }, index) => {
    const field = `workflow.triggers[${index}].event_type`;
    const needs = ({ id }: Step, what: string) =>
      `The step "${id}" needs a ${what}, and ${eventType} is not about one.`;
    return [
      ...(ofVersion === undefined || isAboutVersion(eventType)
        ? []
        : [{ field, description: needs(ofVersion, "version") }]),
      ...(ofTransition === undefined || isAboutTransition(eventType)
        ? []
        : [{ field, description: needs(ofTransition, "transition") }]),
    ];
  });
}

function stepProblems(step: Step, index: number, steps: readonly Step[]): Problem[] {
  const path = `workflow.steps[${index}]`;
  const problems: Problem[] = [];
  const report = (field: string, description: string) => problems.push({ field: `${path}.${field}`, description });

  const first = steps.findIndex((other) => other.id === step.id);
  if (first !== index) report("id", `workflow.steps[${first}] has the id "${step.id}" already.`);
  step.needs.forEach((need, position) => {
    if (!steps.some((other) => other.id === need)) report(`needs[${position}]`, `There is no step "${need}".`);
  });
  if (step.action.case === "finishValidation") {
    report("finish_validation", "Only the workflow admission decides on a version. Leave the step out.");
  }
  if (step.action.case === "http") {
    const problem = urlProblem(step.action.value.url);
    if (problem !== undefined) report("http.url", problem);
    for (const name of refusedHeaders(step.action.value.headers)) {
      report(`http.headers["${name}"]`, "It is set by Slipway or given twice. Leave it out.");
    }
  }
  const { initialBackoff, maxBackoff } = step.retry ?? {};
  if (initialBackoff && maxBackoff && durationMs(initialBackoff) > durationMs(maxBackoff)) {
    report("retry.max_backoff", "It is shorter than initial_backoff.");
  }
  return problems;
}

function cycleProblems(steps: readonly Step[]): Problem[] {
  const cycle = findCycle(steps);
  if (cycle === undefined) return [];
  return [{ field: "workflow.steps", description: `Steps wait for each other: ${cycle}. Remove one of these needs.` }];
}
