import { setTimeout as sleep } from "node:timers/promises";
import { type JetStreamManager, jetstreamManager, type StreamUpdateConfig } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { NatsUnavailableError } from "../nats/nats-unavailable-error.ts";
import type { NatsEventBus } from "../nats.ts";

/** Far beyond what any of this takes; a test that waits in vain must not keep the process. */
const LONGEST_MS = 30_000;

/** Waits until there is something to give. */
async function until<Value>(find: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  const late = AbortSignal.timeout(LONGEST_MS);
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    late.throwIfAborted();
    await sleep(5);
  }
}

/** Waits until the bus says that it serves. */
export async function untilServing(bus: NatsEventBus): Promise<void> {
  await until(() => (bus.missing().length === 0 ? true : undefined));
}

/** Waits until the bus misses something that the pattern describes, and gives the words for it. */
export function untilMissing(bus: NatsEventBus, pattern: RegExp): Promise<string> {
  return until(() => bus.missing().find((missing) => pattern.test(missing)));
}

/** The message that the work rejects with; that it does not is the test's failure. */
export async function rejectionOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof NatsUnavailableError) return error.message;
    throw error;
  }
  throw new Error("expected the work to be rejected");
}

/** What a stream keeps of a message. */
export interface StoredMessage {
  subject: string;
  /** By name, in lower case as they were sent. */
  headers: Record<string, string>;
  text: string;
}

/** All messages that the stream of events on this port of 127.0.0.1 keeps, as an outsider finds them. */
export function storedMessages(port: number): Promise<StoredMessage[]> {
  return asOutsider(port, async (manager) => {
    const { state } = await manager.streams.info("SLIPWAY");
    const found: StoredMessage[] = [];
    for (let sequence = state.first_seq; sequence <= state.last_seq && state.messages > 0; sequence += 1) {
      const message = await manager.streams.getMessage("SLIPWAY", { seq: sequence });
      if (message === null) continue;
      const headers = Object.fromEntries(message.header.keys().map((name) => [name, message.header.get(name)]));
      found.push({ subject: message.subject, headers, text: new TextDecoder().decode(message.data) });
    }
    return found;
  });
}

/** The ids of the events that the stream keeps. */
export async function storedEvents(port: number): Promise<string[]> {
  return (await storedMessages(port)).map(({ headers }) => headers["ce-id"] ?? "");
}

/** Waits until the stream keeps so many events. */
export async function untilStored(port: number, events: number): Promise<void> {
  await asOutsider(port, (manager) =>
    until(async () => {
      const found = await manager.streams.info("SLIPWAY").catch(() => undefined); // not made yet
      return found?.state.messages === events ? true : undefined;
    }),
  );
}

export function deleteStream(port: number): Promise<unknown> {
  return asOutsider(port, (manager) => manager.streams.delete("SLIPWAY"));
}

export function changeStream(port: number, change: Partial<StreamUpdateConfig>): Promise<unknown> {
  return asOutsider(port, (manager) => manager.streams.update("SLIPWAY", change));
}

async function asOutsider<Value>(port: number, act: (manager: JetStreamManager) => Promise<Value>): Promise<Value> {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  try {
    return await act(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}
