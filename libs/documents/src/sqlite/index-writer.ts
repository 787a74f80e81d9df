import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EntriesText } from "../index-entries.ts";
import type { Scope } from "./scopes.ts";
import { everyToken, termToken } from "./term-tokens.ts";

const nothing: EntriesText = { terms: "", numbers: "[]", strings: "[]" };

/** Under which scopes a document is indexed. */
export interface Owner {
  scope: Scope;
  /** The one over all tenants, where its numbers and strings are searched there too. */
  everyScope: Scope | undefined;
}

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

  insert(order: bigint, owner: Owner, entries: EntriesText): void {
    this.#change(order, owner, nothing, entries);
  }

  replace(order: bigint, owner: Owner, entries: EntriesText): void {
    this.#change(order, owner, this.#stored(order), entries);
  }

  delete(order: bigint, owner: Owner): void {
    const stored = this.#stored(order);
    this.#deleteTerms.run(order);
    changeValues(this.#numbers, order, owner, stored.numbers, nothing.numbers);
    changeValues(this.#strings, order, owner, stored.strings, nothing.strings);
    this.#deleteEntries.run(order);
  }

  #change(order: bigint, owner: Owner, before: EntriesText, after: EntriesText): void {
    if (before.terms !== after.terms) {
      if (before !== nothing) this.#deleteTerms.run(order);
      const terms = JSON.parse(after.terms) as string[];
      const tokens = terms.map((term) => termToken(owner.scope.id, term));
      this.#insertTerms.run(order, [everyToken(owner.scope.id), ...tokens].join(" "));
    }
    changeValues(this.#numbers, order, owner, before.numbers, after.numbers);
    changeValues(this.#strings, order, owner, before.strings, after.strings);
    this.#putEntries.run(order, after.terms, after.numbers, after.strings);
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

function changeValues(table: ValueTable, order: bigint, owner: Owner, before: string, after: string): void {
  if (before === after) return;
  const change = (statement: StatementSync, values: string) => {
    for (const [name, value] of JSON.parse(values) as [string, number | string][]) {
      statement.run(owner.scope.id, name, value, order);
      if (owner.everyScope) statement.run(owner.everyScope.id, name, value, order);
    }
  };
  change(table.delete, before);
  change(table.insert, after);
}

function valueTable(database: DatabaseSync, table: "number_index" | "string_index"): ValueTable {
  return {
    insert: database.prepare(`INSERT INTO ${table} (scope, name, value, o) VALUES (?, ?, ?, ?)`),
    delete: database.prepare(`DELETE FROM ${table} WHERE scope = ? AND name = ? AND value = ? AND o = ?`),
  };
}
