import type { Budget } from "./budget.ts";
import type { Limits } from "./limits.ts";
import type { RuleId } from "./rules.ts";

/** One call of `inspect` or `summarize`, as the readers see it. */
export interface Inspection {
  readonly limits: Limits;
  readonly budget: Budget;
  /** True for a summary: leave out what only a verdict needs and costs reading. */
  readonly headersOnly: boolean;
  /** Sizes in bytes of all files of the artifact, by path. */
  readonly fileSizes: ReadonlyMap<string, number>;
  /** Adds a finding; `what` is a clause without a full stop, the rule's advice follows it. */
  report(ruleId: RuleId, path: string, what: string, offsetBytes?: number): void;
}
