import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Cursor, Ordering } from "../document-store.ts";
import type { NumberRange } from "../filter-matches.ts";
import type { IndexEntries } from "../index-entries.ts";
import { type Match, matchText } from "./match-expression.ts";
import { valueBounds } from "./value-bounds.ts";

export type Direction = Ordering["direction"];

/** Which documents a listing is over: a collection's within a tenant, or over all of them. */
export interface Listing {
  /** Under which all that such a listing finds documents by is indexed. */
  scopeId: number;
  acrossTenants: boolean;
}

/** A set of documents that one index knows, each once: a SELECT of order keys, whose WHERE can be gone on with. */
export interface DocumentSet {
  sql: string;
  /** What the SELECT calls the order key in its WHERE. */
  column: "o" | "rowid";
  parameters: SQLInputValue[];
}

/** Statements that are kept; a handful is in use, but conditions are put together in many ways. */
const MOST_STATEMENTS = 200;

/**
 * Lazy, ordered walks over the indexes. Every order key is bound as a BigInt: node:sqlite binds numbers as REAL, and
 * FTS5 then ignores a condition on rowid without a word.
 */
export class IndexReader {
  readonly #database: DatabaseSync;
  /** By SQL text. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** How many documents a set has, but never more than `cap`; 0.1 µs each. */
  count({ sql, parameters }: DocumentSet, cap: number): number {
    return Number(this.#prepared(`SELECT count(*) AS n FROM (${sql} LIMIT ?)`).get(...parameters, cap)?.n);
  }

  /** A set by order key. */
  *documents(set: DocumentSet, direction: Direction, after?: Cursor): Iterable<Cursor> {
    const { column, parameters } = set;
    const ascending = direction === "ascending";
    const condition = after ? ` AND ${column} ${ascending ? ">" : "<"} ?` : "";
    const statement = this.#prepared(`${set.sql}${condition} ORDER BY ${column} ${ascending ? "ASC" : "DESC"}`);
    const bound = after ? [...parameters, BigInt(after.order)] : parameters;
    for (const row of statement.iterate(...bound)) yield { order: Number(row.o) };
  }

  /**
   * The documents that have a number within all ranges, or a string, by (value, order key); `within` a set only, which
   * is read as a whole first.
   */
  *values(
    listing: Listing,
    by: Exclude<Ordering["by"], "created">,
    ranges: NumberRange[],
    within: DocumentSet | undefined,
    direction: Direction,
    after?: Cursor,
  ): Iterable<Cursor> {
    const [table, name] = "number" in by ? ["number_index", by.number] : ["string_index", by.string];
    const bounds = valueBounds(ranges, direction, after);
    const inside = within ? [`o IN (${within.sql})`] : [];
    const conditions = ["scope = ?", "name = ?", ...bounds.map((bound) => bound.sql), ...inside];
    const parameters = bounds.flatMap((bound) => bound.parameters).concat(within?.parameters ?? []);
    const order = direction === "ascending" ? "value, o" : "value DESC, o DESC";
    const sql = `SELECT value, o FROM ${table} WHERE ${conditions.join(" AND ")} ORDER BY ${order}`;
    for (const row of this.#prepared(sql).iterate(listing.scopeId, name, ...parameters)) {
      yield { order: Number(row.o), value: row.value as number | string };
    }
  }

  /** What such a listing finds a document by. */
  entries({ acrossTenants }: Listing, order: number): IndexEntries {
    const columns = acrossTenants
      ? "every_terms AS terms, every_numbers AS numbers, every_strings AS strings"
      : "terms, numbers, strings";
    const row = this.#prepared(`SELECT ${columns} FROM document WHERE o = ?`).get(BigInt(order));
    if (!row) throw new Error(`document ${order} is in an index but missing`);
    return new ParsedEntries(row as unknown as Texts);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size === MOST_STATEMENTS) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

export const noDocument: DocumentSet = { sql: "SELECT o FROM document WHERE false", column: "o", parameters: [] };

/** The documents that are in all of the sets; all but the first are read as a whole. */
export function intersection([first = noDocument, ...others]: readonly DocumentSet[]): DocumentSet {
  const { column, parameters } = first;
  // The plus keeps the first set from being asked for each document of another one.
  const sql = [first.sql, ...others.map((other) => `+${column} IN (${other.sql})`)].join(" AND ");
  return { sql, column, parameters: [...parameters, ...others.flatMap((other) => other.parameters)] };
}

/** The documents that the inverted index finds. */
export function matchingDocuments({ scopeId }: Listing, match: Match): DocumentSet {
  const sql = "SELECT rowid AS o FROM term_index WHERE term_index MATCH ?";
  return { sql, column: "rowid", parameters: [matchText(match, scopeId)] };
}

/** The documents that have a number within a range. */
export function documentsInRange({ scopeId }: Listing, range: NumberRange): DocumentSet {
  const bounds = valueBounds([range], "ascending");
  const conditions = ["scope = ?", "name = ?", ...bounds.map(({ sql }) => sql)].join(" AND ");
  const parameters = [scopeId, range.number, ...bounds.flatMap((bound) => bound.parameters)];
  return { sql: `SELECT o FROM number_index WHERE ${conditions}`, column: "o", parameters };
}

type Texts = Record<keyof IndexEntries, string>;

/** Parses what is asked for: a document has many more terms than a filter looks at. */
class ParsedEntries implements IndexEntries {
  readonly #text: Texts;
  #terms: IndexEntries["terms"] | undefined;
  #numbers: IndexEntries["numbers"] | undefined;
  #strings: IndexEntries["strings"] | undefined;

  constructor(text: Texts) {
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
