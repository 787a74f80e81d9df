import { createHash } from "node:crypto";
import type { Cursor, Query } from "@slipway/documents";
import { fail } from "@slipway/rpc";

/** Which query a token belongs to: tenant, collection, filter and order. */
function fingerprint(query: Query): string {
  const identity = JSON.stringify([query.tenant, query.collection, query.filter ?? null, query.ordering ?? null]);
  return createHash("sha256").update(identity).digest("base64url").slice(0, 16);
}

/** The token for what follows a cursor of this query. */
export function sealPageToken(query: Query, cursor: Cursor | undefined): string {
  if (cursor === undefined) return "";
  return Buffer.from(JSON.stringify([fingerprint(query), cursor.order, cursor.value])).toString("base64url");
}

/** The cursor in a token; refuses with PAGE_TOKEN_INVALID what is not a token of this query. Empty: undefined. */
export function openPageToken(query: Query, token: string): Cursor | undefined {
  if (token === "") return undefined;
  const [print, order, value] = contentOf(token);
  const isValue = value === null || value === undefined || typeof value === "number" || typeof value === "string";
  if (print !== fingerprint(query) || typeof order !== "number" || !isValue) throw fail("PAGE_TOKEN_INVALID");
  return value === null || value === undefined ? { order } : { order, value };
}

function contentOf(token: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Array.isArray(content) ? content : [];
  } catch (cause) {
    throw fail("PAGE_TOKEN_INVALID", {}, { cause });
  }
}
