import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredRow } from "./messages.ts";
import type { Scope, Scopes } from "./scopes.ts";

/** What a condition looks at. */
export interface DocumentHead {
  order: bigint;
  revision: number;
}

/** The documents themselves, without their indexes. */
export class DocumentTable {
  readonly #scopes: Scopes;
  readonly #head: StatementSync;
  readonly #byId: StatementSync;
  readonly #byOrder: StatementSync;
  readonly #insert: StatementSync;
  readonly #replace: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync, scopes: Scopes) {
    this.#scopes = scopes;
    this.#head = database.prepare("SELECT o, revision FROM document WHERE scope = ? AND id = ?");
    const columns = "o, scope, id, revision, format, body";
    this.#byId = database.prepare(`SELECT ${columns} FROM document WHERE scope = ? AND id = ?`);
    this.#byOrder = database.prepare(`SELECT ${columns} FROM document WHERE o = ?`);
    this.#insert = database.prepare(
      "INSERT INTO document (o, scope, id, revision, format, body) VALUES (?, ?, ?, 1, ?, ?)",
    );
    this.#replace = database.prepare("UPDATE document SET revision = revision + 1, format = ?, body = ? WHERE o = ?");
    this.#delete = database.prepare("DELETE FROM document WHERE o = ?");
  }

  head(scope: Scope, id: string): DocumentHead | undefined {
    const row = this.#head.get(scope.id, id);
    if (!row) return undefined;
    return { order: BigInt(Number(row.o)), revision: Number(row.revision) };
  }

  byId(scope: Scope, id: string): StoredRow | undefined {
    return this.#rowOf(this.#byId.get(scope.id, id));
  }

  byOrder(order: number): StoredRow | undefined {
    return this.#rowOf(this.#byOrder.get(BigInt(order)));
  }

  insert(order: bigint, scope: Scope, id: string, formatVersion: number, body: string): void {
    this.#insert.run(order, scope.id, id, formatVersion, body);
  }

  replace(order: bigint, formatVersion: number, body: string): void {
    this.#replace.run(formatVersion, body, order);
  }

  delete(order: bigint): void {
    this.#delete.run(order);
  }

  #rowOf(row: Record<string, unknown> | undefined): StoredRow | undefined {
    if (!row) return undefined;
    const scope = this.#scopes.byId(Number(row.scope));
    return {
      tenant: scope.tenant,
      collection: scope.collection,
      id: String(row.id),
      order: Number(row.o),
      revision: Number(row.revision),
      formatVersion: Number(row.format),
      body: String(row.body),
    };
  }
}
