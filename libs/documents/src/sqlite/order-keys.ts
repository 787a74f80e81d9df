import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Room for 1,024 documents in each millisecond; more borrow from the next one. */
const KEYS_PER_MS = 1024;

/**
 * Order keys: milliseconds × 1,024 + n, allocated under the write lock, so that they are unique over all tenants,
 * collections and processes. They never go back, even when the clock does.
 */
export class OrderKeys {
  readonly #select: StatementSync;
  readonly #update: StatementSync;
  #last = 0;
  #stored = 0;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT o FROM last_order");
    this.#update = database.prepare("UPDATE last_order SET o = ?");
  }

  /** At the start of each write transaction: another process may have moved on. */
  load(): void {
    this.#last = Number(this.#select.get()?.o);
    this.#stored = this.#last;
  }

  next(nowMs: number): bigint {
    this.#last = Math.max(this.#last + 1, nowMs * KEYS_PER_MS);
    return BigInt(this.#last);
  }

  /** At the end of each write transaction. */
  store(): void {
    if (this.#last !== this.#stored) this.#update.run(BigInt(this.#last));
  }
}
