import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EntriesText } from "./entries-text.ts";
import type { Content, StoredRow } from "./messages.ts";
import type { Scope, Scopes } from "./scopes.ts";

/** What a condition looks at, and what a change has to take out of the indexes. */
export interface DocumentHead {
  order: bigint;
  revision: number;
  entries: EntriesText;
}

const ENTRIES = "terms, numbers, strings, every_terms, every_numbers, every_strings";

/** The documents themselves, without their indexes. */
export class DocumentTable {
  readonly #scopes: Scopes;
  readonly #head: StatementSync;
  readonly #byId: StatementSync;
  readonly #byOrder: StatementSync;
  readonly #insert: StatementSync;
  readonly #replace: StatementSync;
  readonly #index: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync, scopes: Scopes) {
    this.#scopes = scopes;
    this.#head = database.prepare(`SELECT o, revision, ${ENTRIES} FROM document WHERE scope = ? AND id = ?`);
    const columns = "o, scope, id, revision, format, body";
    this.#byId = database.prepare(`SELECT ${columns} FROM document WHERE scope = ? AND id = ?`);
    this.#byOrder = database.prepare(`SELECT ${columns} FROM document WHERE o = ?`);
    this.#insert = database.prepare(
      `INSERT INTO document (o, scope, id, revision, format, ${ENTRIES}, body) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const entries = "terms = ?, numbers = ?, strings = ?, every_terms = ?, every_numbers = ?, every_strings = ?";
    this.#replace = database.prepare(
      `UPDATE document SET revision = revision + 1, format = ?, ${entries}, body = ? WHERE o = ?`,
    );
    this.#index = database.prepare(`UPDATE document SET ${entries} WHERE o = ?`);
    this.#delete = database.prepare("DELETE FROM document WHERE o = ?");
  }

  head(scope: Scope, id: string): DocumentHead | undefined {
    const row = this.#head.get(scope.id, id);
    return row && headOf(row);
  }

  byId(scope: Scope, id: string): StoredRow | undefined {
    return this.#rowOf(this.#byId.get(scope.id, id));
  }

  byOrder(order: number): StoredRow | undefined {
    return this.#rowOf(this.#byOrder.get(BigInt(order)));
  }

  insert(order: bigint, scope: Scope, id: string, formatVersion: number, { body, entries }: Content): void {
    this.#insert.run(order, scope.id, id, formatVersion, ...cellsOf(entries), body);
  }

  replace(order: bigint, formatVersion: number, { body, entries }: Content): void {
    this.#replace.run(formatVersion, ...cellsOf(entries), body, order);
  }

  /** Another project() has made its entries. */
  setEntries(order: bigint, entries: EntriesText): void {
    this.#index.run(...cellsOf(entries), order);
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

function headOf(row: Record<string, unknown>): DocumentHead {
  return {
    order: BigInt(Number(row.o)),
    revision: Number(row.revision),
    entries: {
      terms: String(row.terms),
      numbers: String(row.numbers),
      strings: String(row.strings),
      everyTerms: String(row.every_terms),
      everyNumbers: String(row.every_numbers),
      everyStrings: String(row.every_strings),
    },
  };
}

function cellsOf({ terms, numbers, strings, everyTerms, everyNumbers, everyStrings }: EntriesText): string[] {
  return [terms, numbers, strings, everyTerms, everyNumbers, everyStrings];
}
