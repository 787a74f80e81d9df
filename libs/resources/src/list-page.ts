import type { DocumentStore, Query, StoredDocument } from "@slipway/documents";
import { openPageToken, sealPageToken } from "./page-token.ts";

const DEFAULT_PAGE_SIZE = 50;

/**
 * One page of a List call (AIP-158). `pageSize` 0 means 50; its upper bound stands in the proto. The token is bound to
 * tenant, collection, filter and ordering: with any other query it is refused with PAGE_TOKEN_INVALID.
 */
export async function listPage(
  documents: Pick<DocumentStore, "query">,
  query: Omit<Query, "limit" | "after">,
  page: { pageSize: number; pageToken: string },
): Promise<{ documents: StoredDocument[]; nextPageToken: string }> {
  const whole: Query = { ...query, limit: page.pageSize || DEFAULT_PAGE_SIZE };
  const after = openPageToken(whole, page.pageToken);
  const found = await documents.query(after === undefined ? whole : { ...whole, after });
  return { documents: found.documents, nextPageToken: sealPageToken(whole, found.next) };
}
