import { timestampDate } from "@bufbuild/protobuf/wkt";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";

/** An event as outsiders see it: a CloudEvent in binary mode. */
export interface EventMessage {
  subject: string;
  headers: MsgHdrs;
  payload: Uint8Array;
}

/** Where events go: `slipway.<tenant uid>.<kind>.<verb>`, never a user's string. */
export const EVENT_SUBJECTS = "slipway.*.*.>";

/**
 * CloudEvents 1.0 on NATS, binary mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md). The extension
 * attributes say what ours carry besides. A payload over `maxPayloadBytes` is left out and `ce-payloadomitted` says so;
 * the event is read whole from the service.
 */
export function eventMessage(event: Event, maxPayloadBytes: number): EventMessage {
  const whole = Buffer.from(JSON.stringify(event.payload ?? {}));
  const isOmitted = whole.byteLength > maxPayloadBytes;
  const attributes: Record<string, string> = {
    specversion: "1.0",
    id: event.id,
    source: `/slipway/tenants/${event.tenantUid}`,
    type: event.type,
    subject: event.subject,
    datacontenttype: "application/json",
    ...(event.time && { time: timestampDate(event.time).toISOString() }),
    tenant: event.tenant,
    subjectuid: event.subjectUid,
    revision: String(event.aggregateRevision),
    actor: event.actor,
    sequence: String(event.sequence),
    position: String(event.position),
    ...(isOmitted && { payloadomitted: "true" }),
  };
  const all = headers();
  for (const [name, value] of Object.entries(attributes)) all.set(`ce-${name}`, encodeAttribute(value));
  return {
    subject: `slipway.${event.tenantUid}.${event.type.replace(/^slipway\./, "")}`,
    headers: all,
    payload: isOmitted ? new Uint8Array(0) : whole,
  };
}

/** Percent-encodes what the binding asks for: all but printable ASCII, and the space, `"` and `%`. */
function encodeAttribute(value: string): string {
  return value.replace(/[^!#$&-~]+/gu, (characters) => encodeURIComponent(characters));
}
