/** A page of documents in the order of their making. */
interface Page {
  documents: { key: { id: string }; order: number }[];
  next?: { order: number };
}

/** Which part of a collection is looked at: what was made before a time, behind an order key, at most `limit` (1,000). */
export interface OldPart {
  beforeMs: number;
  after: number;
  limit: number;
}

/** Some documents by their ids, oldest first, and the order key to go on behind; absent where there are no more. */
export interface OldDocuments {
  ids: string[];
  next?: number;
}

/** Of a page what was made before a time. An order key is the millisecond of the making times 1,024, and a count within it. */
export function createdBefore({ documents, next }: Page, beforeMs: number): OldDocuments {
  const old = documents.filter(({ order }) => order / 1024 < beforeMs);
  const ids = old.map(({ key }) => key.id);
  return next === undefined || old.length < documents.length ? { ids } : { ids, next: next.order };
}
