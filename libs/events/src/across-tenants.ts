import type { AcrossTenants, Filter, Page } from "@slipway/documents";
import { eventsCollection, PENDING_NUMBER } from "./event-record.ts";

/** The only reads of this library without a tenant: the sequencer's, and those for services. */

/** Events that have no numbers yet, in the order in which they were committed. */
export function pendingEvents(acrossTenants: AcrossTenants, limit: number): Promise<Page> {
  return acrossTenants.query({
    collection: eventsCollection.name,
    ordering: { by: { number: PENDING_NUMBER }, direction: "ascending" },
    limit,
  });
}

/** Events of all tenants by sequence. */
export function eventsBySequence(
  acrossTenants: AcrossTenants,
  direction: "ascending" | "descending",
  limit: number,
  filter: Filter,
): Promise<Page> {
  return acrossTenants.query({
    collection: eventsCollection.name,
    filter,
    ordering: { by: { number: "sequence" }, direction },
    limit,
  });
}
