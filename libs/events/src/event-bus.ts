import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";

/**
 * The EventBus port: it wakes those who wait for a kind of event, and nothing else. The record is the database, so a
 * wake may come late, twice, without need or never; consumers look for themselves every few seconds. The kind is the
 * second part of a type: `version` in `slipway.version.created`.
 */
export interface EventBus {
  /** Wakes the subscribers of these events' kinds; never waits for what they do. Rejects where the bus is away. */
  publish(events: readonly Event[]): Promise<void>;

  /**
   * Calls `wake` soon after events of these kinds are published by any instance; an empty list means every kind. One call
   * may stand for many events. What `wake` throws is logged and hurts nobody else.
   */
  subscribe(kinds: readonly string[], wake: () => void): Subscription;

  /** Ends every subscription of this instance. */
  close(): Promise<void>;
}

export interface Subscription {
  /** No call of `wake` begins after this. */
  cancel(): void;
}

/** `version` of `slipway.version.created`. */
export function kindOf(type: string): string {
  return type.split(".")[1] ?? "";
}
