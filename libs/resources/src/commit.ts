import type { DocumentStore, Write } from "@slipway/documents";
import { fail } from "@slipway/rpc";
import type { Ids } from "@slipway/runtime";

/** Somebody else wrote first. Caught by `retryOnConflict` and `idempotent`; it never reaches a client. */
export class CommitConflict extends Error {
  override readonly name = "CommitConflict";
  /** Index of the first write whose condition did not hold. */
  readonly failedWrite: number;
  readonly reason: "ALREADY_EXISTS" | "NOT_FOUND" | "REVISION_MISMATCH";

  constructor(failedWrite: number, reason: CommitConflict["reason"]) {
    super(`write ${failedWrite}: ${reason}`);
    this.failedWrite = failedWrite;
    this.reason = reason;
  }
}

/** Commits under a new commit id. Returns the revision of each write; throws CommitConflict when a condition failed. */
export async function commitOrThrow(documents: DocumentStore, ids: Ids, writes: Write[]): Promise<number[]> {
  const outcome = await documents.commit(writes, ids.uid());
  if (!outcome.committed) throw new CommitConflict(outcome.failedWrite, outcome.reason);
  return outcome.revisions;
}

/** Twice the writers that may race for one document; each lost race means that another one won. */
const MAX_ATTEMPTS = 64;

/**
 * Runs a read, decide, commit cycle until its commit goes through: each time anew, so that it decides on what is
 * stored now. Fails with CONCURRENT_CHANGE after 64 lost races. `name` is the resource's name for that message.
 */
export async function retryOnConflict<T>(name: string, cycle: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    try {
      return await cycle();
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  throw fail("CONCURRENT_CHANGE", { name });
}
