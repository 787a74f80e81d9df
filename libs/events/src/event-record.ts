import { create, fromJson, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CollectionDefinition, JsonObject, Write } from "@slipway/documents";
import { type Event, EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import type { Clock, Ids } from "@slipway/runtime";

/**
 * Number of the events that the sequencer has not numbered yet. A number and not a term: what leaves an inverted index
 * stays in its lists for a while, and this list is read all the time.
 */
export const PENDING_NUMBER = "pending";

/** Term of the events of a type. */
export function typeTerm(type: string): string {
  return `type:${type}`;
}

/**
 * The outbox: every service that reports changes registers it. Body: `event`, ProtoJSON of slipway.event.v1.Event
 * without numbers, and, once the sequencer has been by, `sequence` and `position`.
 */
export const eventsCollection: CollectionDefinition = {
  name: "events",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => {
    const { position } = body;
    return { terms: termsOf(body), ...(typeof position === "number" && { numbers: { position } }) };
  },
  projectAcrossTenants: (body) => {
    const { sequence } = body;
    return { terms: termsOf(body), numbers: typeof sequence === "number" ? { sequence } : { [PENDING_NUMBER]: 0 } };
  },
};

function termsOf({ event }: JsonObject): string[] {
  return [typeTerm((event as JsonObject).type as string)];
}

/** A change to report. */
export interface Change {
  tenantUid: string;
  /** Name of the tenant, without prefix. */
  tenant: string;
  /** `slipway.{kind}.{verb}`. */
  type: string;
  /** Resource name without tenant: `models/iris`. */
  subject: string;
  subjectUid: string;
  /** Revision that the changed document has after the commit. */
  aggregateRevision: number;
  /** `users/{user}` or `serviceAccounts/{account}`. */
  actor: string;
  /** The resource after the change as ProtoJSON. */
  payload: JsonObject;
}

/** The write that records an event; it belongs into the commit that makes the change. */
export function eventWrite(change: Change, { clock, ids }: { clock: Clock; ids: Ids }): Write {
  const id = ids.uid();
  const message: MessageInitShape<typeof EventSchema> = {
    id,
    tenant: change.tenant,
    tenantUid: change.tenantUid,
    type: change.type,
    subject: `tenants/${change.tenant}/${change.subject}`,
    subjectUid: change.subjectUid,
    aggregateRevision: BigInt(change.aggregateRevision),
    time: timestampFromMs(clock.nowMs()),
    actor: change.actor,
    payload: change.payload,
  };
  const event = toJson(EventSchema, create(EventSchema, message)) as JsonObject;
  return { kind: "insert", key: { tenant: change.tenantUid, collection: eventsCollection.name, id }, body: { event } };
}

/** The event in a stored body, with its numbers; both are 0 while it has none. */
export function eventOf(body: JsonObject): Event {
  const event = fromJson(EventSchema, body.event ?? null);
  event.sequence = BigInt(Number(body.sequence ?? 0));
  event.position = BigInt(Number(body.position ?? 0));
  return event;
}

/** The body of an event that got its numbers. */
export function numberedBody(body: JsonObject, sequence: number, position: number): JsonObject {
  return { ...body, sequence, position };
}
