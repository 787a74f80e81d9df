import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { createBackoff, type Logger, sleep, WakeSignal } from "@slipway/runtime";
import type { EventStream } from "./event-stream.ts";

/** Acknowledged together: a server that syncs each message takes about a millisecond for one. */
const WINDOW_EVENTS = 64;
const BACKOFF = { initialMs: 100, maxMs: 2_000, random: Math.random };
/** How soon to go on after NATS is back. */
const LOOK_MS = 100;
const IDLE_MS = 60_000;

export interface OutgoingEventsOptions {
  /** The stream while it serves. */
  stream(): EventStream | undefined;
  /** Told of each failure to send, and of nothing after a success. */
  onOutcome(error: unknown): void;
  /** How many events may wait in memory. */
  maxWaitingEvents: number;
  log: Logger;
}

/**
 * Sends events into the stream in the background and in order, so that no sequencer waits for the disk of NATS. What
 * could not be sent is sent again, which the stream recognises by the events' ids. Memory is bounded: when too many wait,
 * who adds more waits as long as NATS serves; while it is away the oldest are left out.
 */
export class OutgoingEvents {
  readonly #options: OutgoingEventsOptions;
  readonly #signal = new WakeSignal();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #waiting: Event[] = [];
  /** Resolves when there has been an attempt to send, or none was possible. */
  #turn = Promise.withResolvers<void>();

  constructor(options: OutgoingEventsOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async add(events: readonly Event[]): Promise<void> {
    const { maxWaitingEvents, stream } = this.#options;
    this.#waiting.push(...events);
    this.#signal.wake();
    while (this.#waiting.length > maxWaitingEvents && stream() !== undefined) await this.#turn.promise;
    this.#leaveOut(this.#waiting.splice(0, Math.max(0, this.#waiting.length - maxWaitingEvents)));
  }

  /** Sends what waits as long as NATS serves, for `timeoutMs` at most. */
  async close(timeoutMs: number): Promise<void> {
    const late = AbortSignal.timeout(timeoutMs);
    while (this.#waiting.length > 0 && this.#options.stream() !== undefined && !late.aborted) {
      await Promise.race([this.#turn.promise, sleep(LOOK_MS)]);
    }
    this.#stopping.abort();
    await this.#running;
    this.#leaveOut(this.#waiting);
  }

  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    const backoff = createBackoff(BACKOFF);
    while (!stopping.aborted) {
      const stream = this.#options.stream();
      if (this.#waiting.length === 0 || stream === undefined) {
        await this.#signal.wait(this.#waiting.length === 0 ? IDLE_MS : LOOK_MS, stopping);
      } else if (await this.#send(stream)) {
        backoff.reset();
      } else {
        await this.#signal.wait(backoff.nextMs(), stopping);
      }
      this.#turn.resolve();
      this.#turn = Promise.withResolvers();
    }
    this.#turn.resolve();
  }

  async #send(stream: EventStream): Promise<boolean> {
    const window = this.#waiting.splice(0, WINDOW_EVENTS);
    try {
      this.#leaveOut(await stream.publish(window));
      this.#options.onOutcome(undefined);
      return true;
    } catch (error) {
      this.#waiting.unshift(...window);
      this.#options.onOutcome(error);
      return false;
    }
  }

  #leaveOut(events: readonly Event[]): void {
    if (events.length === 0) return;
    const fields = { events: events.length, first: events[0]?.id, last: events.at(-1)?.id };
    this.#options.log.warn(
      fields,
      "events are missing in the stream of NATS; who needs them lists them at the service",
    );
  }
}
