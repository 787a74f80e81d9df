import type { Logger } from "@slipway/runtime";
import type { Subscription } from "./event-bus.ts";

interface Subscriber {
  /** Empty: every kind. */
  kinds: ReadonlySet<string>;
  wake(): void;
}

/** The subscribers of one instance of a bus. */
export class Subscribers {
  readonly #subscribers = new Set<Subscriber>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(kinds: readonly string[], wake: () => void): Subscription {
    const subscriber: Subscriber = { kinds: new Set(kinds), wake };
    this.#subscribers.add(subscriber);
    return { cancel: () => void this.#subscribers.delete(subscriber) };
  }

  /** Wakes those who wait for one of the kinds. */
  wake(kinds: readonly string[]): void {
    this.#wakeWhere((wanted) => wanted.size === 0 || kinds.some((kind) => wanted.has(kind)));
  }

  wakeAll(): void {
    this.#wakeWhere(() => true);
  }

  clear(): void {
    this.#subscribers.clear();
  }

  #wakeWhere(isWanted: (kinds: ReadonlySet<string>) => boolean): void {
    for (const subscriber of [...this.#subscribers]) {
      if (!isWanted(subscriber.kinds)) continue;
      try {
        subscriber.wake();
      } catch (error) {
        this.#log.error({ err: error }, "a subscriber of the event bus failed");
      }
    }
  }
}
