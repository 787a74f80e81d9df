import type { Logger } from "@slipway/runtime";
import { type EventBus, kindOf } from "./event-bus.ts";
import { Subscribers } from "./subscribers.ts";

/** The embedded bus: wakes its own process only. Other processes on the same database find events by looking. */
export function createEmbeddedEventBus({ log }: { log: Logger }): EventBus {
  const subscribers = new Subscribers(log);
  return {
    publish: async (events) => {
      if (events.length > 0) subscribers.wake(events.map(({ type }) => kindOf(type)));
    },
    subscribe: (kinds, wake) => subscribers.add(kinds, wake),
    close: async () => subscribers.clear(),
  };
}
