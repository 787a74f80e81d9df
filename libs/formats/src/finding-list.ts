import type { Finding } from "./finding.ts";
import { findingOf } from "./finding-log.ts";
import type { Verdict } from "./verdict.ts";

/** The findings of one artifact, a bounded number of each severity, so that a report fits into one message. */
export class FindingList {
  readonly findings: Finding[] = [];
  readonly #most: number;
  readonly #counts: Record<Verdict, number> = { SAFE: 0, SUSPICIOUS: 0, DANGEROUS: 0 };

  /** `most`: findings of one severity. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a finding; the first that is one too many says so. Notes that are too many are left out. */
  add(finding: Finding): void {
    const count = this.#counts[finding.severity]++;
    if (count < this.#most) this.findings.push(finding);
    else if (count === this.#most && finding.severity !== "SAFE") {
      this.findings.push(findingOf("reader.findings-limit", "", `more than ${count} findings are ${finding.severity}`));
    }
  }
}
