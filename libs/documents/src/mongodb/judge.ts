import type { CommitOutcome } from "../document-store.ts";
import { DocumentStoreError } from "../document-store.ts";
import type { PreparedCommit, PreparedWrite } from "../prepared-commit.ts";
import { type Entry, entryId, outcomeId } from "./layout.ts";

/** What a judgement looks at. */
export type Found = Pick<Entry, "o" | "r" | "f" | "fingerprint" | "outcome">;

export interface Judgement {
  outcome: CommitOutcome;
  /** It is remembered already. */
  remembered: boolean;
}

/**
 * What becomes of a commit, from its remembered outcome and the documents that it names, as found at one point in time
 * by entry id. Undefined where all its conditions hold.
 * @throws DocumentStoreError INVALID where the commit id was used for other writes; NEWER_FORMAT
 */
export function judge(
  request: PreparedCommit,
  found: ReadonlyMap<string, Found>,
  formatOf: (collection: string) => number,
): Judgement | undefined {
  const before = found.get(outcomeId(request.commitId));
  if (before) {
    if (before.fingerprint !== request.fingerprint) {
      throw new DocumentStoreError("INVALID", `commit id ${request.commitId} was used for other writes`);
    }
    return { outcome: JSON.parse(before.outcome ?? "") as CommitOutcome, remembered: true };
  }
  for (const [failedWrite, write] of request.writes.entries()) {
    const head = found.get(entryId(write));
    if (head && Number(head.f) > formatOf(write.collection)) {
      throw new DocumentStoreError("NEWER_FORMAT", `a document of ${write.collection} was written by newer code`);
    }
    const reason = reasonAgainst(write, head);
    if (reason) return { outcome: { committed: false, failedWrite, reason }, remembered: false };
  }
  return undefined;
}

/** Why the condition of a write does not hold. */
function reasonAgainst(
  write: PreparedWrite,
  head: Found | undefined,
): "ALREADY_EXISTS" | "NOT_FOUND" | "REVISION_MISMATCH" | undefined {
  if (write.kind === "insert") return head ? "ALREADY_EXISTS" : undefined;
  if (write.revision === 0) return head ? "REVISION_MISMATCH" : undefined;
  if (!head) return "NOT_FOUND";
  return head.r === write.revision ? undefined : "REVISION_MISMATCH";
}
