import type { DocumentStore, Query, StoredDocument } from "@slipway/documents";

/** Where counts end: one more than is told exactly. */
export const COUNT_CAP = 1001;

/** All documents that a filter finds, without regard to pages. */
export interface Matches<Stored> {
  /** The 1,000 that were made last; `isAll` when there are no others. */
  newest(): Promise<{ found: Stored[]; isAll: boolean }>;
  /** How many there are; 1,001 means more than 1,000. */
  count(): Promise<number>;
}

/** The matches of a query of one collection. */
export function matchesOf<Stored>(
  documents: DocumentStore,
  query: Pick<Query, "tenant" | "collection" | "filter">,
  read: (document: StoredDocument) => Stored,
): Matches<Stored> {
  return {
    newest: async () => {
      const ordering = { by: "created", direction: "descending" } as const;
      const page = await documents.query({ ...query, ordering, limit: COUNT_CAP - 1 });
      return { found: page.documents.map(read), isAll: page.next === undefined };
    },
    count: () => documents.count(query, COUNT_CAP),
  };
}
