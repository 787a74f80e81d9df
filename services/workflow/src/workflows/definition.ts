import { clone, create, toJson } from "@bufbuild/protobuf";
import { type Duration, durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  type RetryPolicy,
  RetryPolicySchema,
  type Step,
  type Workflow,
  WorkflowSchema,
} from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { digestOf } from "./canonical-json.ts";

/** What stands in workflow.proto as defaults. */
const ATTEMPT_TIMEOUT_MS = 60_000;
const TOTAL_TIMEOUT_MS = 60 * 60_000;
const MAX_ATTEMPTS = 5;
const INITIAL_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/** A retry policy without gaps. */
type FullRetryPolicy = RetryPolicy & { initialBackoff: Duration; maxBackoff: Duration };

/** A step of a definition, where every default is filled in. */
export type FullStep = Step & { attemptTimeout: Duration; totalTimeout: Duration; retry: FullRetryPolicy };

/**
 * What a run does: triggers, steps and description of a workflow with every default filled in, and nothing of its
 * identity. Runs pin it by its digest.
 */
export interface Definition {
  workflow: Workflow;
  steps: FullStep[];
  /** SHA-256 of its canonical ProtoJSON. */
  digest: string;
}

/** The definition in a workflow. */
export function definitionOf(workflow: Workflow): Definition {
  const { description, triggers } = workflow;
  const steps = workflow.steps.map(withDefaults);
  const bare = create(WorkflowSchema, { description, triggers, steps });
  return { workflow: bare, steps, digest: digestOf(toJson(WorkflowSchema, bare)) };
}

function withDefaults(step: Step): FullStep {
  const retry = create(RetryPolicySchema, step.retry);
  return {
    ...step,
    needs: [...step.needs],
    attemptTimeout: step.attemptTimeout ?? durationFromMs(ATTEMPT_TIMEOUT_MS),
    totalTimeout: step.totalTimeout ?? durationFromMs(TOTAL_TIMEOUT_MS),
    retry: {
      ...retry,
      maxAttempts: retry.maxAttempts || MAX_ATTEMPTS,
      initialBackoff: retry.initialBackoff ?? durationFromMs(INITIAL_BACKOFF_MS),
      maxBackoff: retry.maxBackoff ?? durationFromMs(MAX_BACKOFF_MS),
    },
  };
}

/** A workflow as it is kept and shown: its definition with defaults, its identity untouched. */
export function withDefinition(workflow: Workflow, definition: Definition): Workflow {
  const { description, triggers, steps } = clone(WorkflowSchema, definition.workflow);
  return { ...workflow, description, triggers, steps, digest: definition.digest };
}

/** The actions that only work on a version. */
const ABOUT_VERSIONS: readonly Step["action"]["case"][] = ["proof", "inspect", "finishValidation"];

/** The first step that only works on a version; undefined when the workflow can run without one. */
export function stepThatNeedsVersion(steps: readonly Step[]): Step | undefined {
  return steps.find((step) => ABOUT_VERSIONS.includes(step.action.case));
}

/** The first step that only works on a transition, which an event alone gives. */
export function stepThatNeedsTransition(steps: readonly Step[]): Step | undefined {
  return steps.find((step) => step.action.case === "reportCheck");
}

/**
 * A workflow for those who may not change it: headers of http steps often carry secrets, so only their names are shown.
 */
export function withoutHeaderValues(workflow: Workflow): Workflow {
  const shown = clone(WorkflowSchema, workflow);
  for (const { action } of shown.steps) {
    if (action.case !== "http") continue;
    for (const name of Object.keys(action.value.headers)) action.value.headers[name] = "(hidden)";
  }
  return shown;
}
