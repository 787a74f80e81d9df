import { BSON } from "mongodb";
import { DocumentStoreError } from "../document-store.ts";
import type { IndexEntries } from "../index-entries.ts";
import type { PreparedCommit, PreparedWrite } from "../prepared-commit.ts";
import { indexFields } from "./layout.ts";

/** MongoDB's bound for one document, less what the engine adds; https://www.mongodb.com/docs/manual/reference/limits */
const MOST_BYTES = 16 * 1024 * 1024 - 16 * 1024;
/** Of UTF-8 for one UTF-16 unit. */
const BYTES_PER_CHARACTER = 3;

/**
 * Other writing than Latin takes two or three bytes a character, so a document within the bounds of the port may be too
 * large for MongoDB, and the driver would fail the whole group of commits.
 * @throws DocumentStoreError INVALID
 */
export function assertFits({ writes }: PreparedCommit): void {
  for (const write of writes) {
    if (mostBytes(write) > MOST_BYTES && sizeBytes(write) > MOST_BYTES) {
      throw new DocumentStoreError("INVALID", "a document with its terms, numbers and strings has at most 16 MiB");
    }
  }
}

/** A bound that costs little. */
function mostBytes({ tenant, collection, content }: PreparedWrite): number {
  if (!content) return 0;
  const { inTenant, acrossTenants } = content.entries;
  const overhead = 64 + tenant.length + collection.length;
  const characters = content.body.length + charactersOf(inTenant, overhead) + charactersOf(acrossTenants, overhead);
  return characters * BYTES_PER_CHARACTER;
}

function charactersOf(entries: IndexEntries | undefined, overhead: number): number {
  if (entries === undefined) return 0;
  return (
    entries.terms.reduce((sum, term) => sum + term.length + overhead, 0) +
    entries.numbers.reduce((sum, [name]) => sum + name.length + overhead, 0) +
    entries.strings.reduce((sum, [name, value]) => sum + name.length + value.length + overhead, 0)
  );
}

function sizeBytes(write: PreparedWrite): number {
  if (!write.content) return 0;
  const { body, entries } = write.content;
  return Buffer.byteLength(body) + BSON.calculateObjectSize(indexFields(write, 0, entries));
}
