import type { RuleId } from "./rules.ts";
import type { Verdict } from "./verdict.ts";

/** One observation of an inspection; the same words as `slipway.artifact.v1.Finding`. */
export interface Finding {
  readonly ruleId: RuleId;
  /** The file; inside a container `outer.zip!inner/path`; empty for the artifact as a whole. At most 4,096 characters. */
  readonly path: string;
  /** Bytes from the start of the file (or of the member of a container), where one is known. */
  readonly offsetBytes?: number;
  /** What this finding alone makes of the artifact; SAFE is a note. */
  readonly severity: Verdict;
  /** What was found and what to do next. At most 4,096 characters. */
  readonly message: string;
}

/** The outcome of `inspect`: the worst severity among the findings, and the findings in the order of the files. */
export interface InspectionReport {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

const ranks: Record<Verdict, number> = { SAFE: 0, SUSPICIOUS: 1, DANGEROUS: 2 };

/** The worst severity among findings; SAFE when there are none. */
export function verdictOf(findings: Iterable<Pick<Finding, "severity">>): Verdict {
  let worst: Verdict = "SAFE";
  for (const { severity } of findings) if (ranks[severity] > ranks[worst]) worst = severity;
  return worst;
}
