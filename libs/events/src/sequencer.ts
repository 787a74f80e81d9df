import type { AcrossTenants, DocumentStore } from "@slipway/documents";
import { BackgroundLoop, type Clock, type Ids, type Logger, type StepResult } from "@slipway/runtime";
import type { EventBus } from "./event-bus.ts";
import { Numbering } from "./numbering.ts";

export interface SequencerOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  bus: EventBus;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** How often to look for events of other processes, in milliseconds. Default 1,000. */
  pollMs?: number;
  /** How long a sequencer that is gone keeps others waiting, in milliseconds. Default 3,000. */
  leaseMs?: number;
}

/**
 * Gives each committed event its two dense numbers, then publishes it. Any number of processes may run one per database;
 * one of them works. The lease is held while there is work and costs no write while there is none.
 */
export interface Sequencer {
  start(): void;
  /** To be called after each commit with an event; without it the event is found at the next poll. */
  notify(): void;
  /** Numbers what is there, gives the lease back and ends. Close the store after it. */
  stop(): Promise<void>;
}

export function createSequencer(options: SequencerOptions): Sequencer {
  const { documents, acrossTenants, bus, clock, ids, log, pollMs = 1_000, leaseMs = 3_000 } = options;
  const numbering = new Numbering({ documents, acrossTenants, clock, ids, holder: ids.uid(), leaseMs });

  async function step(): Promise<StepResult> {
    const numbered = await numbering.next();
    if (numbered.result !== "NUMBERED") return "IDLE";
    await bus.publish(numbered.events).catch((error: unknown) => {
      log.warn(
        { err: error, events: numbered.events.length },
        "events could not be published; consumers will find them",
      );
    });
    return "MORE";
  }

  const retry = { firstMs: 50, longestMs: 2_000 };
  const loop = new BackgroundLoop({ name: "sequencer", step, pollMs, retry, log });
  return {
    start: () => loop.start(),
    notify: () => loop.wake(),
    stop: async () => {
      await loop.stop();
      while ((await step()) === "MORE");
      await numbering.releaseLease();
    },
  };
}
