import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import type { Logger } from "@slipway/runtime";
import { type EventBus, kindOf, type Subscription } from "./event-bus.ts";

interface Subscriber {
  /** Empty: every kind. */
  kinds: ReadonlySet<string>;
  wake(): void;
}

/** The embedded bus: wakes its own process only. Other processes on the same database find events by looking. */
export function createEmbeddedEventBus({ log }: { log: Logger }): EventBus {
  const subscribers = new Set<Subscriber>();

  function wake(subscriber: Subscriber): void {
    try {
      subscriber.wake();
    } catch (error) {
      log.error({ err: error }, "a subscriber of the event bus failed");
    }
  }

  return {
    publish: async (events: readonly Event[]) => {
      const kinds = events.map(({ type }) => kindOf(type));
      if (kinds.length === 0) return;
      for (const subscriber of [...subscribers]) {
        if (subscriber.kinds.size === 0 || kinds.some((kind) => subscriber.kinds.has(kind))) wake(subscriber);
      }
    },

    subscribe: (kinds, onWake): Subscription => {
      const subscriber: Subscriber = { kinds: new Set(kinds), wake: onWake };
      subscribers.add(subscriber);
      return { cancel: () => void subscribers.delete(subscriber) };
    },

    close: async () => subscribers.clear(),
  };
}
