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
  readonly #selectEntries: StatementSync;
  readonly #putEntries: StatementSync;
  readonly #deleteEntries: StatementSync;
  readonly #insertTerms: StatementSync;
  readonly #deleteTerms: StatementSync;
  readonly #numbers: ValueTable;
  readonly #strings: ValueTable;

  constructor(database: DatabaseSync) {
    const columns = "terms, numbers, strings, every_terms, every_numbers, every_strings";
    this.#selectEntries = database.prepare(`SELECT ${columns} FROM entries WHERE o = ?`);
    this.#putEntries = database.prepare(`INSERT OR REPLACE INTO entries (o, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#deleteEntries = database.prepare("DELETE FROM entries WHERE o = ?");
    this.#insertTerms = database.prepare("INSERT INTO term_index (rowid, x) VALUES (?, ?)");
    this.#deleteTerms = database.prepare("DELETE FROM term_index WHERE rowid = ?");
    this.#numbers = valueTable(database, "number_index");
    this.#strings = valueTable(database, "string_index");
  }

  insert(order: bigint, owner: Owner, entries: EntriesText): void {
    this.#putTerms(order, owner, entries);
    this.#changeValues(order, owner, noEntries, entries);
    this.#put(order, entries);
  }

  replace(order: bigint, owner: Owner, entries: EntriesText): void {
    const stored = this.#stored(order);
    if (stored.terms !== entries.terms || stored.everyTerms !== entries.everyTerms) {
      this.#deleteTerms.run(order);
      this.#putTerms(order, owner, entries);
    }
    this.#changeValues(order, owner, stored, entries);
    this.#put(order, entries);
  }

  delete(order: bigint, owner: Owner): void {
    this.#deleteTerms.run(order);
    this.#changeValues(order, owner, this.#stored(order), noEntries);
    this.#deleteEntries.run(order);
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

  #put(order: bigint, { terms, numbers, strings, everyTerms, everyNumbers, everyStrings }: EntriesText): void {
    this.#putEntries.run(order, terms, numbers, strings, everyTerms, everyNumbers, everyStrings);
  }

  #stored(order: bigint): EntriesText {
    const row = this.#selectEntries.get(order);
    if (!row) throw new Error(`the index entries of ${order} are missing`);
    return {
      terms: String(row.terms),
      numbers: String(row.numbers),
      strings: String(row.strings),
      everyTerms: String(row.every_terms),
      everyNumbers: String(row.every_numbers),
      everyStrings: String(row.every_strings),
    };
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
