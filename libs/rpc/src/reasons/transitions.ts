import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the metadata service: moving versions between stages. */
export const TRANSITION_REASONS = {
  STAGE_UNKNOWN: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: 'The policy of {model} has no stage "{stage}". Use one of {known}.',
  },
  EXPECTED_INCUMBENT_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "expected_incumbent",
    message: '"{version}" cannot be expected in the stage: {problem}.',
  },
  TRANSITION_NOT_ALLOWED: {
    code: "FAILED_PRECONDITION",
    message: "{name} cannot go from {from} to {to}: {problem}. See `slipway policy show` for the ways that there are.",
  },
  TRANSITION_PENDING: {
    code: "FAILED_PRECONDITION",
    message: "{name} waits already to enter {to} ({transition}). Let that end or cancel it first.",
  },
  STAGE_CONFLICT: {
    code: "ABORTED",
    message: "{incumbent} is in {stage} now, not {expected}. Nothing was done; look at it, then ask again.",
  },
  TRANSITION_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway transitions list`.",
  },
  TRANSITION_ENDED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state} and changes no more. Request another one.",
  },
  TRANSITION_NOT_PENDING_APPROVAL: {
    code: "FAILED_PRECONDITION",
    message: "{name} waits for checks first: {checks}. Give your verdict when they have passed.",
  },
  APPROVER_NOT_ALLOWED: {
    code: "PERMISSION_DENIED",
    message: "{principal} cannot decide about {name}: {problem}. Ask somebody else.",
  },
  CANCEL_NOT_ALLOWED: {
    code: "PERMISSION_DENIED",
    message: "{principal} cannot cancel {name}: only {requester}, who requested it, and administrators can.",
  },
  CHECK_NOT_FOUND: {
    code: "NOT_FOUND",
    message: '{name} needs no check "{check}". Those that it needs: {known}.',
  },
  REPORTER_NOT_ALLOWED: {
    code: "PERMISSION_DENIED",
    message: '{principal} cannot report the check "{check}" of {name}: the policy leaves that to {reporters}.',
  },
  NOTHING_TO_ROLL_BACK_TO: {
    code: "FAILED_PRECONDITION",
    message: "Nothing can come back to {stage} of {name}: {problem}. Promote a version with `slipway promote`.",
  },
} as const satisfies Record<string, ReasonDefinition>;
