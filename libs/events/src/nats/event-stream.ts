import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { InvalidArgumentError, InvalidSubjectError, type NatsConnection, nanos } from "@nats-io/transport-node";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { EVENT_SUBJECTS, type EventMessage, eventMessage } from "./event-message.ts";
import { isUnheard } from "./explain.ts";

const STREAM = "SLIPWAY";
const DAY_MS = 24 * 60 * 60 * 1000;

/** Of the stream that we make. One that is there already is left as its operator wants it. */
const CONFIGURATION: Partial<StreamConfig> & { name: string } = {
  name: STREAM,
  description: "Events of Slipway as CloudEvents; the record of them is its database",
  subjects: [EVENT_SUBJECTS],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_age: nanos(7 * DAY_MS),
  // A sequencer that dies between commit and publish is followed by none that publishes the same again much later.
  duplicate_window: nanos(2 * 60 * 1000),
};

/** Headers and protocol around a payload. */
const ENVELOPE_BYTES = 16 * 1024;

/** The stream that keeps events for outsiders, over one connection. Errors are those of NATS. */
export class EventStream {
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #timeoutMs: number;

  /** `timeoutMs` bounds each request. */
  constructor(connection: NatsConnection, timeoutMs: number) {
    this.#connection = connection;
    this.#client = jetstream(connection, { timeout: timeoutMs });
    this.#timeoutMs = timeoutMs;
  }

  /** Makes the stream unless it is there. Several instances may do so at once. */
  async ensure(): Promise<void> {
    const manager = await jetstreamManager(this.#connection, { checkAPI: false, timeout: this.#timeoutMs });
    try {
      await manager.streams.info(STREAM);
    } catch (error) {
      const isAbsent = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
      if (!isAbsent) throw error;
      await manager.streams.add(CONFIGURATION);
    }
  }

  /**
   * Resolves when the stream has all events, with those that it refuses for good, such as one larger than its operator
   * allows. Where the stream has been deleted it is made again; events that it has are recognised by their ids.
   */
  async publish(events: readonly Event[]): Promise<Event[]> {
    const maxPayloadBytes = (this.#connection.info?.max_payload ?? 1024 * 1024) - ENVELOPE_BYTES;
    const messages = events.map((event) => ({ event, ...eventMessage(event, maxPayloadBytes) }));
    try {
      return await this.#send(messages);
    } catch (error) {
      if (!isUnheard(error)) throw error;
      await this.ensure();
      return await this.#send(messages);
    }
  }

  async #send(messages: readonly (EventMessage & { event: Event })[]): Promise<Event[]> {
    // All are on their way, in order, before the first is acknowledged.
    const acknowledged = messages.map(({ event, subject, headers, payload }) =>
      this.#client.publish(subject, payload, { msgID: event.id, headers }),
    );
    const refused: Event[] = [];
    for (const [index, outcome] of (await Promise.allSettled(acknowledged)).entries()) {
      if (outcome.status === "fulfilled") continue;
      if (!isRefusal(outcome.reason)) throw outcome.reason;
      refused.push((messages[index] as (typeof messages)[number]).event);
    }
    return refused;
  }
}

/** Whether the stream will never take the message, however often it is sent. */
function isRefusal(error: unknown): boolean {
  const isOfStream = error instanceof JetStreamApiError && error.status === 400;
  return isOfStream || error instanceof InvalidArgumentError || error instanceof InvalidSubjectError;
}
