import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CommitOutcome } from "../document-store.ts";
import { DocumentStoreError } from "../document-store.ts";
import { limits } from "../limits.ts";
import type { CommitOrder } from "./messages.ts";

/** Each transaction trims at most this many, which is more than it adds once commits come one at a time. */
const TRIMMED_PER_TRANSACTION = 512;

/** The outcomes of the last 24 hours by commit id: how a commit whose reply was lost is recognised. */
export class RememberedOutcomes {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #oldest: StatementSync;
  readonly #trim: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT fingerprint, outcome FROM commit_outcome WHERE id = ?");
    this.#insert = database.prepare("INSERT INTO commit_outcome (id, fingerprint, outcome, at_ms) VALUES (?, ?, ?, ?)");
    this.#oldest = database.prepare("SELECT at_ms FROM commit_outcome ORDER BY n LIMIT 1");
    this.#trim = database.prepare(
      `DELETE FROM commit_outcome WHERE at_ms < ?
       AND n IN (SELECT n FROM commit_outcome ORDER BY n LIMIT ${TRIMMED_PER_TRANSACTION})`,
    );
  }

  /** @throws DocumentStoreError INVALID where the id was used for other writes */
  find(request: CommitOrder): CommitOutcome | undefined {
    const row = this.#select.get(request.commitId);
    if (!row) return undefined;
    if (row.fingerprint !== request.fingerprint) {
      throw new DocumentStoreError("INVALID", `commit id ${request.commitId} was used for other writes`);
    }
    return JSON.parse(String(row.outcome)) as CommitOutcome;
  }

  add(request: CommitOrder, outcome: CommitOutcome): void {
    this.#insert.run(request.commitId, request.fingerprint, JSON.stringify(outcome), request.nowMs);
  }

  trim(nowMs: number): void {
    const keptFromMs = nowMs - limits.outcomeKeptMs;
    if (Number(this.#oldest.get()?.at_ms) < keptFromMs) this.#trim.run(keptFromMs);
  }
}
