import { type AcrossTenants, type DocumentStore, PLATFORM } from "@slipway/documents";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { type CallContext, callerOf } from "@slipway/rpc";
import { WakeSignal } from "@slipway/runtime";
import { type EventBus, kindOf } from "./event-bus.ts";
import { EventReader, type EventScope } from "./event-reader.ts";

const DEFAULT_PAGE_SIZE = 100;
const EVENTS_PER_READ = 200;

/** `after` of WatchEvents: only new events. */
const ONLY_NEW = -1n;

export interface EventServiceOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  bus: EventBus;
  /** How often a watch looks without a wake, in milliseconds. Default 2,000. */
  pollMs?: number;
}

/** The requests of all three packages; each has the same fields. */
interface ListEventsRequest {
  after: bigint;
  types: string[];
  pageSize: number;
}

type WatchEventsRequest = Omit<ListEventsRequest, "pageSize">;

/** The handlers of EventService; bind them under the package of the service. */
export interface EventServiceHandlers {
  listEvents(request: ListEventsRequest, context: CallContext): Promise<{ events: Event[]; last: bigint }>;
  watchEvents(request: WatchEventsRequest, context: CallContext): AsyncIterable<{ event: Event }>;
}

export function createEventService(options: EventServiceOptions): EventServiceHandlers {
  const { documents, acrossTenants, bus, pollMs = 2_000 } = options;
  const reader = new EventReader(documents, acrossTenants);

  return {
    listEvents: async ({ after, types, pageSize }, context) => {
      const scope = scopeOf(context);
      const { events, last } = await reader.read(scope, Number(after), types, pageSize || DEFAULT_PAGE_SIZE);
      return { events: events.map((event) => shownTo(scope, event)), last: BigInt(last) };
    },

    watchEvents: async function* ({ after, types }, context) {
      const scope = scopeOf(context);
      const ended = AbortSignal.any([context.signal, context.draining]);
      const signal = new WakeSignal();
      const subscription = bus.subscribe([...new Set(types.map(kindOf))], () => signal.wake());
      try {
        let last = after === ONLY_NEW ? await reader.newest(scope) : Number(after);
        while (!ended.aborted) {
          const page = await reader.read(scope, last, types, EVENTS_PER_READ);
          for (const event of page.events) yield { event: shownTo(scope, event) };
          if (page.last === last) await signal.wait(pollMs, ended);
          last = page.last;
        }
      } finally {
        subscription.cancel();
      }
    },
  };
}

/** Services that act for nobody see all tenants; everybody else sees the tenant of the call. */
function scopeOf(context: CallContext): EventScope {
  const { service, tenantUid } = callerOf(context);
  return service && tenantUid === PLATFORM ? "ALL_TENANTS" : { tenantUid };
}

/** The sequence counts over all tenants: a tenant would learn from it what others do. */
function shownTo(scope: EventScope, event: Event): Event {
  return scope === "ALL_TENANTS" ? event : { ...event, sequence: 0n };
}
