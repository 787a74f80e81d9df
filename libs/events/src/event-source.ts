import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import type { EventPage, EventReader } from "./event-reader.ts";

/** The events of one database as its consumers read them: of all tenants, by sequence. */
export interface EventSource {
  /** Names the database in the consumer's progress: `metadata`, `artifact`, `workflow`. */
  readonly name: string;
  /** Up to `limit` events of these types (none: all) behind a sequence. */
  list(after: number, types: readonly string[], limit: number, signal: AbortSignal): Promise<EventPage>;
}

/** What the client of each package's EventService offers; the three have the same shape. */
export interface ListEventsClient {
  listEvents(
    request: { after: bigint; types: string[]; pageSize: number },
    options: { signal: AbortSignal; timeoutMs: number },
  ): Promise<{ events: Event[]; last: bigint }>;
}

/** A page is read in milliseconds; a service that hangs must not hold its consumers for ever. */
const LIST_TIMEOUT_MS = 10_000;

/** Another service's events. The client carries a service credential, or it would see one tenant's events only. */
export function remoteEvents(name: string, client: ListEventsClient): EventSource {
  return {
    name,
    list: async (after, types, limit, signal) => {
      const request = { after: BigInt(after), types: [...types], pageSize: limit };
      const { events, last } = await client.listEvents(request, { signal, timeoutMs: LIST_TIMEOUT_MS });
      return { events, last: Number(last) };
    },
  };
}

/** A service's own events. */
export function ownEvents(name: string, reader: EventReader): EventSource {
  return { name, list: (after, types, limit) => reader.read("ALL_TENANTS", after, types, limit) };
}
