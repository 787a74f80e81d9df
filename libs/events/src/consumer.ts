import type { DocumentStore, Write } from "@slipway/documents";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { BackgroundLoop, type Ids, type Logger, type StepResult, sleep } from "@slipway/runtime";
import { ConsumerProgress } from "./consumer-progress.ts";
import { type EventBus, kindOf, type Subscription } from "./event-bus.ts";
import type { EventPage } from "./event-reader.ts";
import type { EventSource } from "./event-source.ts";
import { inLanes } from "./in-lanes.ts";

const EVENTS_PER_PAGE = 200;

/** Progress over events that nobody wanted is saved after this many only: repeating them costs one page. */
const UNWANTED_PER_SAVE = 2_000;

export interface ConsumerOptions {
  /** Unique in the service; its progress is kept under it, so renaming it starts again from the first event. */
  name: string;
  source: EventSource;
  /** The types that are handled; none: all. */
  types: readonly string[];
  /** One event at a time, or what came together at once. */
  handling: OneByOne | Together;
  /** The consumer's own database, where `consumersCollection` is registered. */
  documents: DocumentStore;
  bus: EventBus;
  ids: Ids;
  log: Logger;
  /** How often to look without a wake, in milliseconds. Default 3,000. */
  pollMs?: number;
  /** Pauses after failures, in milliseconds. Default 100, doubling up to 30,000. */
  retry?: { firstMs: number; longestMs: number };
}

export interface OneByOne {
  /**
   * Handles one event. It may see an event again after a crash or a failure, so it must be idempotent. The events of one
   * aggregate come one after the other. When it throws, the same event comes again after a pause; none is skipped.
   */
  one(event: Event, stopping: AbortSignal): Promise<void>;
  /** How many aggregates are handled at once. Default 1: all events by sequence. */
  concurrency?: number;
}

/** For changes of the consumer's own database that nobody waits for and that cost less in one go. */
interface Together {
  /**
   * What 1 to 200 events, in order, change: at most 999 writes. They are committed with the progress, so each event takes
   * effect once, also where several processes run the consumer. Asked again where that fails, and after a pause when it
   * throws.
   */
  together(events: readonly Event[], stopping: AbortSignal): Promise<Write[]>;
  /** How long to let events gather before they are read, in milliseconds. */
  gatherMs: number;
}

/** A durable consumer: at least once, in order, from where it stopped. */
export interface Consumer {
  start(): void;
  /** Ends after the events that are being handled, and keeps its progress. */
  stop(): Promise<void>;
}

export function createConsumer(options: ConsumerOptions): Consumer {
  const { name, source, types, handling, documents, bus, ids, log } = options;
  const progress = new ConsumerProgress(documents, ids, name, source.name);
  let saved: number | undefined;
  let handled = 0;
  let subscription: Subscription | undefined;

  async function save(): Promise<void> {
    saved = await progress.save(handled);
    handled = saved;
  }

  /** Another process may have been faster, or a document changed: then all of it comes again, from what is stored. */
  async function handleTogether({ together }: Together, { events, last }: EventPage, stopping: AbortSignal) {
    const from = saved ?? 0;
    const writes = await together(events, stopping);
    saved = (await progress.saveWith(writes, { from, to: last })) ? last : undefined;
    handled = last;
  }

  async function handleEach({ one, concurrency = 1 }: OneByOne, events: Event[], stopping: AbortSignal): Promise<void> {
    const outcome = await inLanes(events, concurrency, stopping, (event) => one(event, stopping));
    const last = events[outcome.handled - 1];
    if (last !== undefined) handled = Number(last.sequence);
    if (outcome.failure !== undefined) throw outcome.failure.error;
  }

  async function step(stopping: AbortSignal): Promise<StepResult> {
    if ("together" in handling) await sleep(handling.gatherMs, stopping);
    if (saved === undefined) {
      saved = await progress.load();
      handled = saved;
    }
    const before = handled;
    const page = await source.list(before, types, EVENTS_PER_PAGE, stopping);
    const { events, last } = page;
    if ("together" in handling && events.length > 0) {
      await handleTogether(handling, page, stopping);
      return "MORE";
    }
    try {
      if (!("together" in handling)) await handleEach(handling, events, stopping);
      if (!stopping.aborted) handled = Math.max(handled, last);
    } finally {
      const wanted = events.length > 0 && handled > before;
      if (wanted || handled - saved >= UNWANTED_PER_SAVE) await save();
    }
    return last > before ? "MORE" : "IDLE";
  }

  const { pollMs = 3_000, retry = { firstMs: 100, longestMs: 30_000 } } = options;
  const loop = new BackgroundLoop({ name: `consumer ${name} of ${source.name}`, step, pollMs, retry, log });
  return {
    start: () => {
      subscription ??= bus.subscribe([...new Set(types.map(kindOf))], () => loop.wake());
      loop.start();
    },
    stop: async () => {
      subscription?.cancel();
      await loop.stop();
      if (saved !== undefined && handled > saved) await save();
    },
  };
}

/**
 * Whether a consumer, in whichever process it runs, has handled every event of its types that its source knows of now.
 * Fails where the source does not answer.
 */
export async function hasCaughtUp(
  { name, source, types, documents, ids }: Pick<ConsumerOptions, "name" | "source" | "types" | "documents" | "ids">,
  signal: AbortSignal,
): Promise<boolean> {
  let handled = await new ConsumerProgress(documents, ids, name, source.name).load();
  for (;;) {
    const { events, last } = await source.list(handled, types, 1, signal);
    if (events.length > 0) return false;
    if (last <= handled) return true;
    // Events of other types only, as far as this page went.
    handled = last;
  }
}
