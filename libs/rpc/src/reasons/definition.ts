import type { Code } from "../code.ts";

/** What one reason means. */
export interface ReasonDefinition {
  code: Code;
  /** Says what is wrong and what to do next; `{name}` is filled from the values given to `fail`. */
  message: string;
}
