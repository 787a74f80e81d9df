import type { Collections } from "../collections.ts";
import type { Cursor } from "../document-store.ts";
import type { Connection } from "./connection.ts";
import { entriesText } from "./entries-text.ts";
import type { ReaderRequest, StoredRow, WriterRequest } from "./messages.ts";

/** Facts: groups of some hundred re-index 9,000–19,000 documents a second and hold the write lock for 50 ms at most. */
const DOCUMENTS_PER_BATCH = 250;

/**
 * Projects every document of a collection again after its format was raised. Bodies stay as they are. It may be cut off
 * anywhere and run again, and by several processes at once.
 */
export async function reindex(
  collection: string,
  collections: Collections,
  reader: Connection<ReaderRequest>,
  writer: Connection<WriterRequest>,
): Promise<void> {
  const entriesOf = (row: StoredRow) =>
    entriesText(collections.entriesOf(collection, collections.fromStored(collection, row.formatVersion, row.body)));
  let after: Cursor | undefined;
  do {
    const page = await reader.call({
      kind: "page",
      collection,
      filter: { and: [] },
      ordering: { by: "created", direction: "ascending" },
      limit: DOCUMENTS_PER_BATCH,
      ...(after && { after }),
    });
    const documents = page.rows
      .filter((row) => row !== undefined)
      .map((row) => ({ order: row.order, revision: row.revision, entries: entriesOf(row) }));
    await writer.call({ kind: "reindex", documents });
    after = page.next;
  } while (after);
  await writer.call({ kind: "finishReindex", collection });
}
