import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DocumentStoreError } from "../document-store.ts";
import { isBusy } from "./sqlite-failure.ts";

/** Of the tables below; a file with another one is refused. */
const LAYOUT_VERSION = 2;

/** "slwd" (Slipway documents): tells `file` and us whose database this is. */
const APPLICATION_ID = 0x736c7764;

/**
 * 32 MiB of log before its pages move into the database file. The more pages gather, the more of them are the same ones:
 * with SQLite's default of 1,000 a third of the time of a stream of commits went into moving them.
 */
const LOG_PAGES = 8_000;

/** How long a thread waits for another process's write before UNAVAILABLE. Writes hold the lock for milliseconds. */
const BUSY_TIMEOUT_MS = 15_000;

/**
 * - `scope`: a collection within a tenant, as a small number; the row with the empty tenant is the collection over all
 *   tenants. What lists under either, or finds by a value, is indexed under it and no other: each row of these indexes
 *   lands on another page, and pages are what a batch of inserts waits for.
 * - `document`: rowid is the document's order key. The texts from `terms` on are what of it is indexed (`every_…` over all
 *   tenants), so that a replace can take it out again and a query can probe it; the body comes last, since it may be long.
 * - `term_index`: an inverted index of our own encoded terms with rowid = order key (see term-tokens.ts), among them one
 *   that all documents of a scope have. It stores neither content nor positions.
 * - `commit_outcome`: `n` grows with time, so that trimming needs no second index.
 */
const tables = `
CREATE TABLE collection (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, format INTEGER NOT NULL, indexed INTEGER NOT NULL);
CREATE TABLE scope (id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, tenant TEXT NOT NULL, UNIQUE (collection, tenant));
CREATE TABLE document (
  o INTEGER PRIMARY KEY, scope INTEGER NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, format INTEGER NOT NULL,
  terms TEXT NOT NULL, numbers TEXT NOT NULL, strings TEXT NOT NULL,
  every_terms TEXT NOT NULL, every_numbers TEXT NOT NULL, every_strings TEXT NOT NULL,
  body TEXT NOT NULL, UNIQUE (scope, id));
CREATE VIRTUAL TABLE term_index USING fts5 (x, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE TABLE number_index (scope INTEGER, name TEXT, value REAL, o INTEGER, PRIMARY KEY (scope, name, value, o)) WITHOUT ROWID;
CREATE TABLE string_index (scope INTEGER, name TEXT, value TEXT, o INTEGER, PRIMARY KEY (scope, name, value, o)) WITHOUT ROWID;
CREATE TABLE commit_outcome (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, outcome TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE last_order (only INTEGER PRIMARY KEY CHECK (only = 1), o INTEGER NOT NULL);
INSERT INTO last_order VALUES (1, 0);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${LAYOUT_VERSION};
`;

/**
 * Opens the file with one writer's or reader's connection and makes the tables where they are missing. Safe while other
 * processes do the same.
 * @throws DocumentStoreError NEWER_FORMAT for a newer layout, INVALID for an older one and for a database that is not ours
 */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    useWriteAheadLog(database);
    database.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    database.exec("PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864");
    transaction(database, () => makeTables(database));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Runs `work` in one write transaction; rolls back and rethrows when it throws. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** The change of journal mode does not wait for other openers by itself, so it is tried again until the timeout. */
function useWriteAheadLog(database: DatabaseSync): void {
  const pauseMs = 10;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= BUSY_TIMEOUT_MS) throw error;
      Atomics.wait(cell, 0, 0, pauseMs);
    }
  }
}

function makeTables(database: DatabaseSync): void {
  const layout = pragma(database, "user_version");
  if (layout === 0 && pragma(database, "application_id") === 0 && isEmpty(database)) {
    database.exec(tables);
    return;
  }
  if (pragma(database, "application_id") !== APPLICATION_ID) {
    throw new DocumentStoreError("INVALID", "the file is a database, but not one of Slipway's documents");
  }
  if (layout > LAYOUT_VERSION) {
    throw new DocumentStoreError(
      "NEWER_FORMAT",
      `the database has layout ${layout}; this code knows ${LAYOUT_VERSION}`,
    );
  }
  if (layout < LAYOUT_VERSION) {
    throw new DocumentStoreError(
      "INVALID",
      `the database has layout ${layout} of a development version; this code knows ${LAYOUT_VERSION}. Use another folder`,
    );
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}
