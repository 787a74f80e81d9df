import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Cursor, Ordering } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";
import type { EntriesText, IndexEntries } from "../index-entries.ts";
import { valueBounds } from "./value-bounds.ts";

export type Direction = Ordering["direction"];

/** Which documents a listing is over: one scope, or a collection over all tenants. */
export interface Listing {
  documents: { column: "scope" | "collection"; id: number };
  /** Under which numbers and strings are indexed. */
  valueScopeId: number;
  /** Under which terms are indexed. */
  termScopeIds: number[];
}

/**
 * Lazy, ordered walks over the indexes. Every order key is bound as a BigInt: node:sqlite binds numbers as REAL, and
 * FTS5 then ignores a condition on rowid without a word.
 */
export class IndexReader {
  readonly #database: DatabaseSync;
  /** By SQL text; there are a few dozen shapes. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** All documents of a listing by order key. */
  documents(listing: Listing, direction: Direction, after?: Cursor): Iterable<Cursor> {
    const { column, id } = listing.documents;
    return this.#walkOrders(`SELECT o FROM document WHERE ${column} = ?`, "o", [id], direction, after);
  }

  /** The documents in a MATCH of the inverted index by order key. */
  matches(text: string, direction: Direction, after?: Cursor): Iterable<Cursor> {
    const sql = "SELECT rowid AS o FROM term_index WHERE term_index MATCH ?";
    return this.#walkOrders(sql, "rowid", [text], direction, after);
  }

  /** The documents that have a number within all ranges, or a string, by (value, order key). */
  *values(
    listing: Listing,
    by: Exclude<Ordering["by"], "created">,
    ranges: NumberRange[],
    direction: Direction,
    after?: Cursor,
  ): Iterable<Cursor> {
    const [table, name] = "number" in by ? ["number_index", by.number] : ["string_index", by.string];
    const bounds = valueBounds(ranges, direction, after);
    const conditions = ["scope = ?", "name = ?", ...bounds.map((bound) => bound.sql)];
    const parameters = [listing.valueScopeId, name, ...bounds.flatMap((bound) => bound.parameters)];
    const order = direction === "ascending" ? "value, o" : "value DESC, o DESC";
    const sql = `SELECT value, o FROM ${table} WHERE ${conditions.join(" AND ")} ORDER BY ${order}`;
    for (const row of this.#prepared(sql).iterate(...parameters)) {
      yield { order: Number(row.o), value: row.value as number | string };
    }
  }

  entries(order: number): IndexEntries {
    const row = this.#prepared("SELECT terms, numbers, strings FROM entries WHERE o = ?").get(BigInt(order));
    if (!row) throw new Error(`the index entries of ${order} are missing`);
    return new ParsedEntries(row as unknown as EntriesText);
  }

  *#walkOrders(
    sql: string,
    column: "o" | "rowid",
    parameters: SQLInputValue[],
    direction: Direction,
    after?: Cursor,
  ): Iterable<Cursor> {
    const ascending = direction === "ascending";
    const condition = after ? ` AND ${column} ${ascending ? ">" : "<"} ?` : "";
    const statement = this.#prepared(`${sql}${condition} ORDER BY ${column} ${ascending ? "ASC" : "DESC"}`);
    const bound = after ? [...parameters, BigInt(after.order)] : parameters;
    for (const row of statement.iterate(...bound)) yield { order: Number(row.o) };
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Parses what is asked for: a document has many more terms than a filter looks at. */
class ParsedEntries implements IndexEntries {
  readonly #text: EntriesText;
  #terms: IndexEntries["terms"] | undefined;
  #numbers: IndexEntries["numbers"] | undefined;
  #strings: IndexEntries["strings"] | undefined;

  constructor(text: EntriesText) {
    this.#text = text;
  }

  get terms(): IndexEntries["terms"] {
    this.#terms ??= JSON.parse(this.#text.terms) as IndexEntries["terms"];
    return this.#terms;
  }

  get numbers(): IndexEntries["numbers"] {
    this.#numbers ??= JSON.parse(this.#text.numbers) as IndexEntries["numbers"];
    return this.#numbers;
  }

  get strings(): IndexEntries["strings"] {
    this.#strings ??= JSON.parse(this.#text.strings) as IndexEntries["strings"];
    return this.#strings;
  }
}
