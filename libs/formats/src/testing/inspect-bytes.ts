import { Budget } from "../budget.ts";
import { memorySource } from "../bytes/source.ts";
import { type Finding, verdictOf } from "../finding.ts";
import { FindingLog } from "../finding-log.ts";
import { INSPECTION_LIMITS, type Limits } from "../limits.ts";
import type { RuleId } from "../rules.ts";
import type { Verdict } from "../verdict.ts";
import { type FileFacts, inspectFile } from "../walk/inspect-file.ts";

/** What an inspection of one file in this thread gave: a bug of a reader throws here instead of becoming a finding. */
export interface Inspected {
  readonly verdict: Verdict;
  readonly rules: readonly RuleId[];
  readonly findings: readonly Finding[];
  readonly facts: FileFacts;
}

/** Options of inspectBytes. */
export interface InspectBytesOptions {
  readonly limits?: Partial<Limits>;
  readonly headersOnly?: boolean;
  /** Sizes of the artifact's other files. */
  readonly others?: Readonly<Record<string, number>>;
}

/** Inspects bytes as a file of this path. */
export async function inspectBytes(
  path: string,
  bytes: Uint8Array,
  { limits: changed = {}, headersOnly = false, others = {} }: InspectBytesOptions = {},
): Promise<Inspected> {
  const limits = { ...INSPECTION_LIMITS, ...changed };
  const findings: Finding[] = [];
  const log = new FindingLog(limits.findingsPerFile, (finding) => findings.push(finding));
  const fileSizes = new Map([...Object.entries(others), [path, bytes.length]]);
  const inspection = { limits, budget: new Budget(limits), headersOnly, fileSizes, report: log.report.bind(log) };
  const facts = await inspectFile(inspection, path, memorySource(bytes));
  return { verdict: verdictOf(findings), rules: findings.map(({ ruleId }) => ruleId), findings, facts };
}
