import type { RuleId } from "./rules.ts";

/** Ends the reading of one content with a finding. Never leaves this library. */
export class Refusal extends Error {
  readonly ruleId: RuleId;
  readonly offsetBytes: number | undefined;
  /** Where it happened, once that is known; the innermost content counts. */
  path: string | undefined;

  constructor(ruleId: RuleId, what: string, offsetBytes?: number) {
    super(what);
    this.name = "Refusal";
    this.ruleId = ruleId;
    this.offsetBytes = offsetBytes;
  }

  /** True when going on with other contents of the same file is of no use. */
  get endsFile(): boolean {
    return this.ruleId === "compression.bomb" || this.ruleId.startsWith("reader.");
  }
}
