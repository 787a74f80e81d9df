import type { JsonObject } from "@bufbuild/protobuf";

const UIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Events of runs that one change started side by side come in any order, so they are compared without their numbers,
 * sorted by what they say.
 */
export function withoutOrder(events: readonly JsonObject[]): JsonObject[] {
  return events
    .map(({ position: _, sequence: __, ...event }) => event as JsonObject)
    .map((event) => ({ event, sortKey: JSON.stringify(event).replace(UIDS, "") }))
    .sort((one, other) => (one.sortKey < other.sortKey ? -1 : one.sortKey > other.sortKey ? 1 : 0))
    .map(({ event }) => event);
}
