import type { JsonObject } from "@bufbuild/protobuf";
import type { StoredDocument } from "@slipway/documents";
import type { Engines } from "@slipway/standalone/engines";

const SERVICES = ["metadata", "artifact", "workflow"] as const;
const PAGE = 1000;

/** The uid of a put, which ends the key of a chunk's object. */
const PUT_UID = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every object of a tenant by its key, with its size; a chunk's without the uid of its put, and all of its objects together. */
export async function objectsOf({ objects }: Engines, tenantUid: string): Promise<JsonObject> {
  const sizes: JsonObject = {};
  for await (const { key, sizeBytes } of objects.list(`${tenantUid}/`)) {
    const name = key.replace(PUT_UID, "");
    sizes[name] = Number(sizes[name] ?? 0) + sizeBytes;
  }
  return sizes;
}

/**
 * Of each service the types of all events of a tenant in their order, by what they are about.
 * @throws Error where their positions have a gap
 */
export async function historiesOf(engines: Engines, tenantUid: string): Promise<JsonObject> {
  const histories: JsonObject = {};
  for (const service of SERVICES) {
    const events = await eventsOf(engines, service, tenantUid);
    const gap = events.findIndex(({ body }, index) => body.position !== index + 1);
    if (gap !== -1)
      throw new Error(`${service}: the event at ${gap + 1} has the position ${events[gap]?.body.position}`);
    const told = events.map(({ body }) => body.event as { subjectUid: string; type: string });
    const bySubject = Map.groupBy(told, ({ subjectUid }) => subjectUid);
    // Without names: of things that came into being side by side, nobody says which was first.
    histories[service] = [...bySubject.values()].map((row) => row.map(({ type }) => type).join(" ")).sort();
  }
  return histories;
}

async function eventsOf(
  engines: Engines,
  service: (typeof SERVICES)[number],
  tenant: string,
): Promise<StoredDocument[]> {
  const found: StoredDocument[] = [];
  for (;;) {
    const page = await engines[service].documents.query({
      tenant,
      collection: "events",
      filter: { number: "position", min: found.length, minExclusive: true },
      ordering: { by: { number: "position" }, direction: "ascending" },
      limit: PAGE,
    });
    found.push(...page.documents);
    if (page.documents.length < PAGE) return found;
  }
}
