import type { AcrossTenants, Query, StoredDocument } from "@slipway/documents";
import { uploadsCollection } from "./uploads/upload-store.ts";

/** The reads of this service that are not bound to one tenant, and only these. */

/** Uploads of all tenants that ended before `nowMs`, those that ended first at the front. */
export async function endedUploads(
  acrossTenants: AcrossTenants,
  nowMs: number,
  limit: number,
): Promise<StoredDocument[]> {
  const query: Omit<Query, "tenant"> = {
    collection: uploadsCollection.name,
    filter: { number: "expires", max: nowMs },
    ordering: { by: { number: "expires" }, direction: "ascending" },
    limit,
  };
  return (await acrossTenants.query(query)).documents;
}
