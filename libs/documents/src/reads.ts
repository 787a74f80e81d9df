import type { Collections } from "./collections.ts";
import type { DocumentKey, Filter, Query } from "./document-store.ts";
import { DocumentStoreError } from "./document-store.ts";
import { limits } from "./limits.ts";
import { assertCount, assertFilter, assertKey, assertKeyPart, assertQuery } from "./requests.ts";

/** The checks of reads against a store's collections; every engine makes them before it does anything. */

/** @throws DocumentStoreError INVALID; no keys are no request */
export function assertKeys(collections: Collections, keys: readonly DocumentKey[]): void {
  assertCount("keys", keys.length, limits.keysPerGet);
  for (const key of keys) {
    assertKey(key);
    collections.get(key.collection);
  }
}

/** All of a page but whose it is. @throws DocumentStoreError INVALID */
export function assertPage(collections: Collections, query: Omit<Query, "tenant">): void {
  assertQuery(query);
  collections.get(query.collection);
}

/** A page over all tenants. @throws DocumentStoreError INVALID */
export function assertPageAcrossTenants(collections: Collections, query: Omit<Query, "tenant">): void {
  assertPage(collections, query);
  const { collection, filter, ordering } = query;
  const isSearched = filter !== undefined || (ordering !== undefined && ordering.by !== "created");
  if (isSearched && collections.get(collection).projectAcrossTenants === undefined) {
    throw new DocumentStoreError("INVALID", `collection ${collection} is not searched across tenants`);
  }
}

/** Gives the filter to count by. @throws DocumentStoreError INVALID */
export function assertedCount(
  collections: Collections,
  { tenant, collection, filter = { and: [] } }: Pick<Query, "tenant" | "collection" | "filter">,
  cap: number,
): Filter {
  assertKeyPart(tenant);
  assertCount("cap", cap, limits.countCap);
  assertFilter(filter);
  collections.get(collection);
  return filter;
}
