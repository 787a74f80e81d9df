import type { AcrossTenants, Query, StoredDocument } from "@slipway/documents";
import { artifactsCollection } from "./artifacts/artifact-store.ts";
import { collectionStatesCollection } from "./collection/collection-state-store.ts";
import { collectionTasksCollection } from "./collection/collection-task-store.ts";
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

/** Of each kind of work of the collector so much is looked at to find the tenants that need it. */
const WORK_LOOKED_AT = 200;

/** Some tenants where artifacts may have expired, something is left to be done, or it is time to look again. */
export async function tenantsToCollect(acrossTenants: AcrossTenants, nowMs: number): Promise<string[]> {
  const due = [
    { collection: artifactsCollection.name, number: "keepUntil" },
    { collection: collectionTasksCollection.name, number: "due" },
    { collection: collectionStatesCollection.name, number: "due" },
  ];
  const found = await Promise.all(
    due.map(({ collection, number }) =>
      acrossTenants.query({
        collection,
        filter: { number, max: nowMs },
        ordering: { by: { number }, direction: "ascending" },
        limit: WORK_LOOKED_AT,
      }),
    ),
  );
  return [...new Set(found.flatMap(({ documents }) => documents.map(({ key }) => key.tenant)))];
}
