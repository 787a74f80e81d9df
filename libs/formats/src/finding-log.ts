import type { Finding } from "./finding.ts";
import { RULES, type RuleId } from "./rules.ts";
import type { Verdict } from "./verdict.ts";

const LONGEST_PATH = 2048;
const LONGEST_CLAUSE = 1024;

/** Makes the findings of one file, a bounded number of each severity, so that a flood of notes hides nothing worse. */
export class FindingLog {
  readonly #most: number;
  readonly #emit: (finding: Finding) => void;
  readonly #counts: Record<Verdict, number> = { SAFE: 0, SUSPICIOUS: 0, DANGEROUS: 0 };

  /** `most`: findings of one severity; `emit` receives each finding at once. */
  constructor(most: number, emit: (finding: Finding) => void) {
    this.#most = most;
    this.#emit = emit;
  }

  /** Adds a finding; `what` is a clause without a full stop. */
  report(ruleId: RuleId, path: string, what: string, offsetBytes?: number): void {
    const { severity } = RULES[ruleId];
    const count = this.#counts[severity]++;
    if (count < this.#most) this.#emit(findingOf(ruleId, path, what, offsetBytes));
    else if (count === this.#most && severity !== "SAFE") {
      this.#emit(findingOf("reader.findings-limit", path, `more than ${this.#most} findings are ${severity}`));
    }
  }
}

/** A finding in the words of its rule, safe to print and to send: bounded, without control characters. */
export function findingOf(ruleId: RuleId, path: string, what: string, offsetBytes?: number): Finding {
  const { severity, advice } = RULES[ruleId];
  const sentence = what.slice(0, 1).toUpperCase() + what.slice(1);
  return {
    ruleId,
    path: clipped(path, LONGEST_PATH),
    ...(offsetBytes === undefined ? {} : { offsetBytes }),
    severity,
    message: `${clipped(sentence, LONGEST_CLAUSE)}. ${advice}`,
  };
}

function clipped(text: string, most: number): string {
  const printable = text
    .slice(0, most)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
      return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
    });
  return printable.slice(0, most).toWellFormed();
}
