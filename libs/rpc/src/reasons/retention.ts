import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the metadata service: which versions stay. */
export const RETENTION_REASONS = {
  RETENTION_MISSING: {
    code: "FAILED_PRECONDITION",
    message: "{name} has no retention policy, so all its versions stay. Give one to try, or set one first.",
  },
} as const satisfies Record<string, ReasonDefinition>;
