import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EntriesText } from "../index-entries.ts";
import type { Scope } from "./scopes.ts";
import { everyToken, termToken } from "./term-tokens.ts";

const nothing: EntriesText = { terms: "", numbers: "[]", strings: "[]" };

/** Keeps the indexes in step with the documents, and touches only those whose entries changed. */
export class IndexWriter {
  readonly #selectEntries: StatementSync;
  readonly #putEntries: StatementSync;
  readonly #deleteEntries: StatementSync;
  readonly #insertTerms: StatementSync;
  readonly #deleteTerms: StatementSync;
  readonly #numbers: ValueTable;
  readonly #strings: ValueTable;

  constructor(database: DatabaseSync) {
    this.#selectEntries = database.prepare("SELECT terms, numbers, strings FROM entries WHERE o = ?");
    this.#putEntries = database.prepare(
      "INSERT OR REPLACE INTO entries (o, terms, numbers, strings) VALUES (?, ?, ?, ?)",
    );
    this.#deleteEntries = database.prepare("DELETE FROM entries WHERE o = ?");
    this.#insertTerms = database.prepare("INSERT INTO term_index (rowid, x) VALUES (?, ?)");
    this.#deleteTerms = database.prepare("DELETE FROM term_index WHERE rowid = ?");
    this.#numbers = valueTable(database, "number_index");
    this.#strings = valueTable(database, "string_index");
  }

  /** Indexes a new document under its tenant's scope, and its values also under the one over all tenants. */
  insert(order: bigint, scope: Scope, everyScope: Scope, entries: EntriesText): void {
    this.#change(order, scope, everyScope, nothing, entries);
  }

  replace(order: bigint, scope: Scope, everyScope: Scope, entries: EntriesText): void {
    this.#change(order, scope, everyScope, this.#stored(order), entries);
  }

  delete(order: bigint, scope: Scope, everyScope: Scope): void {
    const stored = this.#stored(order);
    this.#deleteTerms.run(order);
    this.#changeValues(this.#numbers, order, [scope, everyScope], stored.numbers, nothing.numbers);
    this.#changeValues(this.#strings, order, [scope, everyScope], stored.strings, nothing.strings);
    this.#deleteEntries.run(order);
  }

  #change(order: bigint, scope: Scope, everyScope: Scope, before: EntriesText, after: EntriesText): void {
    if (before.terms !== after.terms) {
      if (before !== nothing) this.#deleteTerms.run(order);
      const terms = JSON.parse(after.terms) as string[];
      const tokens = terms.map((term) => termToken(scope.id, term));
      this.#insertTerms.run(order, [everyToken(scope.id), ...tokens].join(" "));
    }
    this.#changeValues(this.#numbers, order, [scope, everyScope], before.numbers, after.numbers);
    this.#changeValues(this.#strings, order, [scope, everyScope], before.strings, after.strings);
    this.#putEntries.run(order, after.terms, after.numbers, after.strings);
  }

  #changeValues(table: ValueTable, order: bigint, scopes: Scope[], before: string, after: string): void {
    if (before === after) return;
    const stale = JSON.parse(before) as [string, number | string][];
    const fresh = JSON.parse(after) as [string, number | string][];
    for (const { id } of scopes) {
      for (const [name, value] of stale) table.delete.run(id, name, value, order);
      for (const [name, value] of fresh) table.insert.run(id, name, value, order);
    }
  }

  #stored(order: bigint): EntriesText {
    const row = this.#selectEntries.get(order);
    if (!row) throw new Error(`the index entries of ${order} are missing`);
    return { terms: String(row.terms), numbers: String(row.numbers), strings: String(row.strings) };
  }
}

interface ValueTable {
  insert: StatementSync;
  delete: StatementSync;
}

function valueTable(database: DatabaseSync, table: "number_index" | "string_index"): ValueTable {
  return {
    insert: database.prepare(`INSERT INTO ${table} (scope, name, value, o) VALUES (?, ?, ?, ?)`),
    delete: database.prepare(`DELETE FROM ${table} WHERE scope = ? AND name = ? AND value = ? AND o = ?`),
  };
}
