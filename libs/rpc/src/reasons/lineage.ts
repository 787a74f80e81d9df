import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the metadata service: where versions come from. */
export const LINEAGE_REASONS = {
  RELATION_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} is {kind} {target} already. There is nothing left to do.",
  },
  RELATION_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "{name} is not {kind} {target}. Look at what it came from with `slipway lineage`.",
  },
  LINEAGE_CYCLE: {
    code: "FAILED_PRECONDITION",
    message:
      "{name} cannot be {kind} {target}, which came from it: {path}. Remove one of these relations first, or turn this one around.",
  },
  LINEAGE_TOO_LARGE: {
    code: "FAILED_PRECONDITION",
    message:
      "{target} comes from more than {limit} versions, too many to see whether {name} is one of them. Name a nearer ancestor.",
  },
  TOO_MANY_RELATIONS: {
    code: "FAILED_PRECONDITION",
    message: "{name} has {limit} relations already. Remove some first, or name what these have in common.",
  },
} as const satisfies Record<string, ReasonDefinition>;
