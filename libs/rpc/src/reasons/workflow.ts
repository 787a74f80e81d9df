import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the workflow service: definitions, runs, steps. */
export const WORKFLOW_REASONS = {
  WORKFLOW_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway workflow list`.",
  },
  WORKFLOW_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: "The workflow cannot run: {problem}. Correct the listed fields and apply it again.",
  },
  WORKFLOW_SYSTEM: {
    code: "FAILED_PRECONDITION",
    message: "{name} belongs to the system: {problem}. Use a workflow of your own.",
  },
  RUN_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway runs list`.",
  },
  RUN_NEEDS_TRANSITION: {
    code: "FAILED_PRECONDITION",
    message:
      "The step {step} of {name} reports a check of a transition, which only its event knows. Request a transition instead.",
  },
  RUN_SUBJECT_MISSING: {
    code: "INVALID_ARGUMENT",
    field: "subject",
    message: "The step {step} of {workflow} needs a version. Name one as the subject of the run.",
  },
  RUN_ENDED: {
    code: "FAILED_PRECONDITION",
    message: "{name} has ended as {state}. Start a new run.",
  },
  RUN_NOT_RETRYABLE: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}; only a failed or cancelled run can be retried. Start a new run.",
  },
} as const satisfies Record<string, ReasonDefinition>;
