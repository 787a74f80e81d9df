import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the metadata service: models, versions, selectors, aliases. */
export const METADATA_REASONS = {
  MODEL_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. Check the spelling, or list models with `slipway models list`.",
  },
  MODEL_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already, maybe as a deleted model. Use, undelete or purge it, or choose another name.",
  },
  MODEL_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message:
      'A model cannot be named "{name}": {problem}. Use 1 to 256 visible characters, without / : @ % and not only dots.',
  },
  MODEL_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is deleted. Undelete it first (`slipway models delete --undelete`), or use another name.",
  },
  MODEL_NOT_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is not deleted. Delete it first.",
  },
  VERSION_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name} that you can see. List what exists with `slipway versions list`.",
  },
  VERSION_NUMBER_TAKEN: {
    code: "ALREADY_EXISTS",
    message:
      "The number {version} is taken, maybe by a deleted version; numbers are never reused. Use {next}, or let a bump choose.",
  },
  VERSION_NUMBER_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: '"{version}" is not a version number: {problem}. Use MAJOR.MINOR.PATCH as in semver 2.0.0, such as 1.2.0.',
  },
  VERSION_BUMP_TOO_SMALL: {
    code: "INVALID_ARGUMENT",
    field: "signature",
    message:
      "{version} promises less than the change of the signature since {previous}: {differences}. Use at least {needed}.",
  },
  VERSION_BASE_NOT_FOUND: {
    code: "INVALID_ARGUMENT",
    field: "base",
    message: "The base {base} is no version of {model}. Choose one from `slipway versions list`.",
  },
  VERSION_NOT_VALIDATING: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}: another run has decided. There is nothing left to do.",
  },
  VERSION_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is deleted. Undelete it first.",
  },
  VERSION_IN_USE: {
    code: "FAILED_PRECONDITION",
    message: "{name} is in use: {uses}. Move or remove these first.",
  },
  VERSION_QUARANTINED: {
    code: "PERMISSION_DENIED",
    message: "{name} was found dangerous and is quarantined. An administrator can download it with an explicit flag.",
  },
  VERSION_NOT_PUBLISHED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}, and this works with published versions only. Choose one from `slipway versions list`.",
  },
  VERSION_WITHDRAWN: {
    code: "PERMISSION_DENIED",
    message: '{name} was withdrawn ("{why}"). Use another version from `slipway versions list`.',
  },
  WITHDRAWAL_FORBIDDEN: {
    code: "PERMISSION_DENIED",
    message: "{name} was made by {creator}. To withdraw what others made, ask somebody with the role reviewer.",
  },
  VERSION_NOT_READY: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}, and only READY versions are reviewed. List those with `slipway reviews pending`.",
  },
  REVIEW_FORBIDDEN: {
    code: "PERMISSION_DENIED",
    message: "{name} was made by {creator}, and nobody reviews a version of their own. Ask another reviewer.",
  },
  REVIEW_FIELDS_MISSING: {
    code: "FAILED_PRECONDITION",
    message:
      "{name} cannot be approved without {missing}. Have it filled in (`slipway versions edit`), or reject the version.",
  },
  REVIEW_COMMENT_MISSING: {
    code: "INVALID_ARGUMENT",
    field: "comment",
    message: "The rejection has no comment. Say in one what has to change.",
  },
  REVIEW_POLICY_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "policy.required_fields",
    message:
      "A policy that asks for no approval cannot ask for fields, since approvals are what checks them. Ask for at least one.",
  },
  REVIEW_POLICY_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "{name} is not set. What holds in its place is shown by `slipway reviews policy show`.",
  },
  SELECTOR_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "selector",
    message:
      '"{selector}" is no selector: {problem}. Use an exact version, a semver range, "latest", a stage or an alias.',
  },
  SELECTOR_NOT_FOUND: {
    code: "NOT_FOUND",
    message: 'No version of {model} matches "{selector}". List what exists with `slipway versions list`.',
  },
  ALIAS_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "alias",
    message:
      '"{alias}" cannot be an alias: {problem}. Use a-z, 0-9, _ and -, begin with a letter, and avoid stages, "latest" and v<digits>.',
  },
  ALIAS_NOT_FOUND: {
    code: "NOT_FOUND",
    message: '{model} has no alias "{alias}". Look at the model for those that it has.',
  },
  EVALUATION_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: "The evaluation is refused: {problem}. docs/evaluation.md says what is expected.",
  },
  EVALUATION_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway evaluations list`.",
  },
  EVALUATION_MISSING: {
    code: "NOT_FOUND",
    message:
      "{name} was never evaluated on {what}. Record an evaluation with `slipway evaluate`, or name another dataset.",
  },
  PREDICTIONS_MEMORY_FULL: {
    code: "RESOURCE_EXHAUSTED",
    message:
      "Too many predictions with scores are being recorded at once. Nothing was recorded; try again when others are through.",
  },
} as const satisfies Record<string, ReasonDefinition>;
