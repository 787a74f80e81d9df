import { fail } from "@slipway/rpc";

/** The etag (AIP-154) of a document's revision: opaque to clients, another one after every change. */
export function etagOf(revision: number): string {
  return `r${revision}`;
}

/** Refuses with ETAG_MISMATCH an etag that is given and not the current one. */
export function checkEtag(given: string, revision: number, name: string): void {
  if (given !== "" && given !== etagOf(revision)) throw fail("ETAG_MISMATCH", { name });
}
