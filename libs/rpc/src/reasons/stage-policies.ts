import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the metadata service: stage policies. */
export const STAGE_POLICY_REASONS = {
  STAGE_POLICY_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: "The stage policy cannot be used: {problem}. Correct the listed fields and apply it again.",
  },
  STAGE_POLICY_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}: what holds is the policy above it. See `slipway policy show`.",
  },
  STAGE_IN_USE: {
    code: "FAILED_PRECONDITION",
    message: "{name} cannot change so: {problem}. Move versions out of the stage first, or keep it as it is.",
  },
  STAGE_NAME_TAKEN: {
    code: "FAILED_PRECONDITION",
    message:
      'A stage of {name} cannot be named "{stage}": {model} has an alias of that name. Choose another name, or delete the alias first.',
  },
} as const satisfies Record<string, ReasonDefinition>;
