import type { NatsConnection } from "@nats-io/transport-node";
import type { Logger } from "@slipway/runtime";
import { type EventBus, kindOf } from "./event-bus.ts";
import { NatsLink } from "./nats/nats-link.ts";
import { parseNatsUrl } from "./nats/nats-location.ts";
import { NatsUnavailableError } from "./nats/nats-unavailable-error.ts";
import { OutgoingEvents } from "./nats/outgoing-events.ts";
import { Subscribers } from "./subscribers.ts";

/** Instances wake each other here, with an empty message for each kind: outside the stream, since nobody replays it. */
const WAKE_SUBJECT = "slipway-wake";

/** What waits is sent before the bus is closed, if that is possible in this time. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface NatsEventBusOptions {
  /** `nats://[user:password@]host:port`, or `tls://…`; several separated by commas for a cluster. */
  url: string;
  log: Logger;
  /** How many events may wait in memory for the stream. Default 4,000: some megabytes. */
  maxWaitingEvents?: number;
}

/** An EventBus that may be away for a while. */
export interface NatsEventBus extends EventBus {
  /** What keeps the bus from serving, in words for an operator; empty when it serves. */
  missing(): string[];
}

/**
 * Wakes the subscribers of all processes over NATS, and keeps the events for outsiders in the stream SLIPWAY, as
 * CloudEvents under `slipway.<tenant uid>.<kind>.<verb>`. Resolves at once, whether NATS is there or not; rejects for a
 * malformed address. Publishing wakes the own process in any case and does not wait for the stream; where NATS is away it
 * rejects, and what waits for the stream stays in memory.
 */
export async function openNatsEventBus(options: NatsEventBusOptions): Promise<NatsEventBus> {
  const { url, log, maxWaitingEvents = 4_000 } = options;
  const subscribers = new Subscribers(log);

  function onConnect(connection: NatsConnection): void {
    connection.subscribe(`${WAKE_SUBJECT}.*`, {
      callback: (error, message) => {
        if (error === null) subscribers.wake([message.subject.slice(WAKE_SUBJECT.length + 1)]);
        else log.warn({ err: error }, "wakes of other processes do not arrive");
      },
    });
    subscribers.wakeAll(); // something may have been published while there was no connection
  }

  const link = new NatsLink({ location: parseNatsUrl(url), onConnect, log });
  const outgoing = new OutgoingEvents({
    stream: () => link.stream,
    onOutcome: (error) => link.note(error),
    maxWaitingEvents,
    log,
  });
  return {
    missing: () => (link.missing === undefined ? [] : [link.missing]),

    publish: async (events) => {
      if (events.length === 0) return;
      const kinds = [...new Set(events.map(({ type }) => kindOf(type)))];
      subscribers.wake(kinds);
      for (const kind of kinds) link.connection?.publish(`${WAKE_SUBJECT}.${kind}`);
      await outgoing.add(events);
      if (link.missing !== undefined) throw new NatsUnavailableError(link.missing);
    },

    subscribe: (kinds, wake) => subscribers.add(kinds, wake),

    close: async () => {
      subscribers.clear();
      await outgoing.close(CLOSE_TIMEOUT_MS);
      await link.close();
    },
  };
}
