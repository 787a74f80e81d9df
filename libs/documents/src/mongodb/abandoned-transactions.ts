import type { Logger } from "@slipway/runtime";
import type { Document, MongoClient } from "mongodb";
import { wrongSetting } from "./mongo-failure.ts";

/** A transaction of this engine is in the hands of its process for milliseconds between two commands. */
const ABANDONED_AFTER_MS = 1000;
const LOOK_EVERY_MS = 200;

/**
 * Ends transactions whose process was killed or frozen between a write and its commit. MongoDB keeps what they have
 * locked for 60 s (transactionLifetimeLimitSeconds); a server of ours that starts again would wait for itself. Ending one
 * whose process still lives is safe: its commit is refused, and it tries again.
 */
export class AbandonedTransactions {
  readonly #client: MongoClient;
  readonly #appName: string;
  readonly #log: Logger;
  #looking: Promise<void> | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** @param appName of every client of this database */
  constructor(client: MongoClient, appName: string, log: Logger) {
    this.#client = client;
    this.#appName = appName;
    this.#log = log;
  }

  /** Called by commits that cannot get on; all that do share one look. */
  async end(): Promise<void> {
    if (performance.now() - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#looking ??= this.#look().finally(() => {
      this.#lookedMs = performance.now();
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #look(): Promise<void> {
    const admin = this.#client.db("admin");
    try {
      // Without allUsers a user sees, and may end, only sessions of its own: no special right is needed.
      const idle = admin.aggregate<Document>([
        { $currentOp: { idleSessions: true } },
        {
          $match: {
            type: "idleSession",
            appName: this.#appName,
            "transaction.timeInactiveMicros": { $gte: ABANDONED_AFTER_MS * 1000 },
          },
        },
        { $project: { lsid: 1 } },
      ]);
      const sessions = (await idle.toArray()).map(({ lsid }) => ({ id: lsid.id }));
      if (sessions.length === 0) return;
      await admin.command({ killSessions: sessions });
      this.#log.warn({ transactions: sessions.length }, "ended transactions that a dead process has left open");
    } catch (error) {
      if (wrongSetting(error) === undefined) throw error;
      this.#log.warn(
        { err: error },
        "may not end transactions that a dead process has left open: they end by themselves",
      );
    }
  }
}
