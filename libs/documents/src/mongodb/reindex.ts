import type { AnyBulkWriteOperation } from "mongodb";
import type { Collections } from "../collections.ts";
import { type Entries, type Entry, indexFields, keyOfEntryId, type StoredEntry } from "./layout.ts";

const DOCUMENTS_PER_BATCH = 250;

/**
 * Projects every document of a collection again that an older format's project() has indexed. Bodies stay as they are.
 * It may be cut off anywhere and run again, and by several processes at once. It ends with a look that finds nothing to
 * do, because older code may have been in the middle of a commit when the format was raised.
 */
export async function reindex(collection: string, collections: Collections, entries: Entries): Promise<void> {
  while ((await reindexOnce(collection, collections, entries)) > 0);
}

/** Returns how many documents it has indexed again. */
async function reindexOnce(collection: string, collections: Collections, entries: Entries): Promise<number> {
  const { formatVersion } = collections.get(collection);
  const old = entries.find(
    { _id: { $gt: `${collection}\n`, $lt: `${collection}\v` }, p: { $lt: formatVersion } },
    { sort: { _id: 1 }, hint: { _id: 1 }, batchSize: DOCUMENTS_PER_BATCH, readConcern: { level: "majority" } },
  );
  let changed = 0;
  let operations: AnyBulkWriteOperation<Entry>[] = [];
  const flush = async (): Promise<void> => {
    if (operations.length > 0) changed += (await entries.bulkWrite(operations, { ordered: false })).modifiedCount;
    operations = [];
  };
  for await (const entry of old) {
    operations.push(indexedAgain(entry as StoredEntry, formatVersion, collections));
    if (operations.length === DOCUMENTS_PER_BATCH) await flush();
  }
  await flush();
  return changed;
}

/** Misses where the document has been written meanwhile: by this format, so it is indexed. */
function indexedAgain(
  entry: StoredEntry,
  formatVersion: number,
  collections: Collections,
): AnyBulkWriteOperation<Entry> {
  const key = keyOfEntryId(entry._id);
  const body = collections.fromStored(key.collection, entry.f, entry.b);
  const fields = indexFields(key, entry.o, collections.entriesOf(key.collection, body));
  const filter = { _id: entry._id, r: entry.r, o: entry.o };
  return { updateOne: { filter, update: { $set: { ...fields, p: formatVersion } } } };
}
