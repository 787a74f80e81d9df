import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EntriesText, noEntries } from "./entries-text.ts";
import type { Scope } from "./scopes.ts";
import { everyToken, termToken } from "./term-tokens.ts";

/** Under which scopes a document is indexed. */
export interface Owner {
  scope: Scope;
  /** The one over all tenants. */
  everyScope: Scope;
}

/** Keeps the indexes in step with the documents, and touches only those whose entries changed. */
export class IndexWriter {
  readonly #insertTerms: StatementSync;
  readonly #deleteTerms: StatementSync;
  readonly #numbers: ValueTable;
  readonly #strings: ValueTable;

  constructor(database: DatabaseSync) {
    this.#insertTerms = database.prepare("INSERT INTO term_index (rowid, x) VALUES (?, ?)");
    this.#deleteTerms = database.prepare("DELETE FROM term_index WHERE rowid = ?");
    this.#numbers = valueTable(database, "number_index");
    this.#strings = valueTable(database, "string_index");
  }

  insert(order: bigint, owner: Owner, entries: EntriesText): void {
    this.#putTerms(order, owner, entries);
    this.#changeValues(order, owner, noEntries, entries);
  }

  replace(order: bigint, owner: Owner, stored: EntriesText, entries: EntriesText): void {
    if (stored.terms !== entries.terms || stored.everyTerms !== entries.everyTerms) {
      this.#deleteTerms.run(order);
      this.#putTerms(order, owner, entries);
    }
    this.#changeValues(order, owner, stored, entries);
  }

  delete(order: bigint, owner: Owner, stored: EntriesText): void {
    this.#deleteTerms.run(order);
    this.#changeValues(order, owner, stored, noEntries);
  }

  #putTerms(order: bigint, { scope, everyScope }: Owner, { terms, everyTerms }: EntriesText): void {
    this.#insertTerms.run(order, [...tokensOf(scope.id, terms), ...tokensOf(everyScope.id, everyTerms)].join(" "));
  }

  #changeValues(order: bigint, { scope, everyScope }: Owner, before: EntriesText, after: EntriesText): void {
    changeValues(this.#numbers, order, scope.id, before.numbers, after.numbers);
    changeValues(this.#strings, order, scope.id, before.strings, after.strings);
    changeValues(this.#numbers, order, everyScope.id, before.everyNumbers, after.everyNumbers);
    changeValues(this.#strings, order, everyScope.id, before.everyStrings, after.everyStrings);
  }
}

function tokensOf(scopeId: number, terms: string): string[] {
  return [everyToken(scopeId), ...(JSON.parse(terms) as string[]).map((term) => termToken(scopeId, term))];
}

interface ValueTable {
  insert: StatementSync;
  delete: StatementSync;
}

type NamedValue = [name: string, value: number | string];

function changeValues(table: ValueTable, order: bigint, scopeId: number, before: string, after: string): void {
  if (before === after) return;
  const left = new Map(JSON.parse(before) as NamedValue[]);
  for (const [name, value] of JSON.parse(after) as NamedValue[]) {
    const old = left.get(name);
    left.delete(name);
    if (old === value) continue;
    if (old !== undefined) table.delete.run(scopeId, name, old, order);
    table.insert.run(scopeId, name, value, order);
  }
  for (const [name, old] of left) table.delete.run(scopeId, name, old, order);
}

function valueTable(database: DatabaseSync, table: "number_index" | "string_index"): ValueTable {
  return {
    insert: database.prepare(`INSERT INTO ${table} (scope, name, value, o) VALUES (?, ?, ?, ?)`),
    delete: database.prepare(`DELETE FROM ${table} WHERE scope = ? AND name = ? AND value = ? AND o = ?`),
  };
}
