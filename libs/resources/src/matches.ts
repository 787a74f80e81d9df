import type { DocumentStore, Filter, Query, StoredDocument } from "@slipway/documents";

/** Where counts end: one more than is told exactly. */
const COUNT_CAP = 1001;

/** All documents that a filter finds, without regard to pages. */
export interface Matches<Stored> {
  /** Those that were made last; `isAll` when there are no others. */
  newest(limit: number): Promise<{ found: Stored[]; isAll: boolean }>;
  /** How many there are, or how many of them have a term; 1,001 means more than 1,000. */
  count(term?: string): Promise<number>;
}

/** The matches of a query of one collection. */
export function matchesOf<Stored>(
  documents: DocumentStore,
  { tenant, collection, filter }: Pick<Query, "tenant" | "collection"> & { filter: Filter },
  read: (document: StoredDocument) => Stored,
): Matches<Stored> {
  return {
    newest: async (limit) => {
      const ordering = { by: "created", direction: "descending" } as const;
      const page = await documents.query({ tenant, collection, filter, ordering, limit });
      return { found: page.documents.map(read), isAll: page.next === undefined };
    },
    count: (term) => {
      const wanted = term === undefined ? filter : { and: [filter, { term }] };
      return documents.count({ tenant, collection, filter: wanted }, COUNT_CAP);
    },
  };
}
