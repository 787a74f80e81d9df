import type { DatabaseSync, StatementSync } from "node:sqlite";
import { DocumentStoreError } from "../document-store.ts";
import type { KnownCollection } from "./messages.ts";

/**
 * The formats of the collections as the database knows them. `format` is the newest that any process writes; older code
 * is refused before it damages anything. `indexed` lags behind it until every document is projected by the new code.
 */
export class CollectionsTable {
  readonly #known: KnownCollection[];
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #raise: StatementSync;
  readonly #setIndexed: StatementSync;

  constructor(database: DatabaseSync, known: KnownCollection[]) {
    this.#known = known;
    this.#select = database.prepare("SELECT format, indexed FROM collection WHERE name = ?");
    this.#insert = database.prepare("INSERT INTO collection (name, format, indexed) VALUES (?, ?, ?)");
    this.#raise = database.prepare("UPDATE collection SET format = ? WHERE name = ?");
    this.#setIndexed = database.prepare("UPDATE collection SET indexed = format WHERE name = ?");
  }

  /** Makes and raises the rows, in a write transaction; returns the collections that must be indexed again. */
  register(): string[] {
    return this.#known.flatMap(({ name, formatVersion }) => {
      const row = this.#select.get(name);
      if (!row) {
        this.#insert.run(name, formatVersion, formatVersion);
        return [];
      }
      assertNotNewer(name, Number(row.format), formatVersion);
      if (Number(row.format) < formatVersion) this.#raise.run(formatVersion, name);
      return Number(row.indexed) < formatVersion ? [name] : [];
    });
  }

  /**
   * In each write transaction: another process with newer code may have come while this one ran.
   * @throws DocumentStoreError NEWER_FORMAT
   */
  assertNoneNewer(): void {
    for (const { name, formatVersion } of this.#known) {
      assertNotNewer(name, Number(this.#select.get(name)?.format), formatVersion);
    }
  }

  finishReindex(name: string): void {
    this.#setIndexed.run(name);
  }
}

function assertNotNewer(name: string, stored: number, known: number): void {
  if (stored <= known) return;
  throw new DocumentStoreError(
    "NEWER_FORMAT",
    `collection ${name} has format ${stored}; this code knows ${known}. Start the newer release`,
  );
}
