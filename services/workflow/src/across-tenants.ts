import type { AcrossTenants } from "@slipway/documents";
import type { Lane } from "./runs/lane.ts";
import type { StoredRun } from "./runs/run-record.ts";
import { laneTerm, runsCollection, storedRunOf } from "./runs/run-store.ts";

/** The only reads of this service without a tenant: the sweepers'. */

export { removeLapsedRequests } from "@slipway/resources";

/** More lanes than a filter can name are looked through in the next round. */
const MAX_NAMED_LANES = 200;

/** Runs of all tenants to which something must happen now, the longest overdue first; none of these lanes. */
export async function dueRuns(
  acrossTenants: AcrossTenants,
  { nowMs, except, limit }: { nowMs: number; except: readonly Lane[]; limit: number },
): Promise<StoredRun[]> {
  const others = except.slice(0, MAX_NAMED_LANES).map((lane) => ({ term: laneTerm(lane) }));
  const due = { number: "due", max: nowMs };
  const page = await acrossTenants.query({
    collection: runsCollection.name,
    filter: others.length === 0 ? due : { and: [due, { not: { or: others } }] },
    ordering: { by: { number: "due" }, direction: "ascending" },
    limit,
  });
  return page.documents.map(storedRunOf);
}
