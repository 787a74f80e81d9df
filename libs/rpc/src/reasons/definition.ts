import type { Code } from "../code.ts";

/** What one reason means. */
export type ReasonDefinition = {
  /** Says what is wrong and what to do next; `{name}` is filled from the values given to `fail`. */
  message: string;
} & ({ code: Exclude<Code, "INVALID_ARGUMENT"> } | { code: "INVALID_ARGUMENT"; field: ConcernedField });

/**
 * Which field of the request an INVALID_ARGUMENT is about (google.rpc.BadRequest): its path in proto names where it is
 * the same in every call; GIVEN where each `fail` names it; NONE where there is no field to name, because the request
 * could not be read at all, or was never sent.
 */
type ConcernedField = Lowercase<string> | "GIVEN" | "NONE";
