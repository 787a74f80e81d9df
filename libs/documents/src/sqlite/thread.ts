import { parentPort, workerData } from "node:worker_threads";
import type {
  Message,
  OpenedReply,
  OpenRequest,
  ReaderRequest,
  Reply,
  Role,
  ThreadRequest,
  WriterRequest,
} from "./messages.ts";
import { openDatabase } from "./open-database.ts";
import { type PackedReply, type PackedRequest, packReply, unpackRequest } from "./packing.ts";
import { Reader } from "./reader.ts";
import { failureOf } from "./sqlite-failure.ts";
import { Writer } from "./writer.ts";

/** A database thread: answers each batch of calls with a batch of replies. */

interface Session {
  run(requests: ThreadRequest[]): Reply<unknown>[];
  close(): void;
}

const role = workerData as Role;
const sessions = new Map<number, Session>();

parentPort?.on("message", (message: Message<PackedRequest> | "end") => {
  if (message === "end") {
    parentPort?.close();
    return;
  }
  const { database, content } = message;
  const replies: Message<PackedReply> = {
    database,
    content: answer(database, content.map(unpackRequest)).map(packReply),
  };
  parentPort?.postMessage(replies);
});

/**
 * The requests of one message form a group: writes share a transaction, reads a point in time. An open or a close comes
 * alone: the main thread waits for what is on its way before and after it.
 */
function answer(database: number, requests: ThreadRequest[]): Reply<unknown>[] {
  const [first] = requests;
  try {
    if (first?.kind === "open") return [{ value: open(database, first) }];
    if (first?.kind === "close") return [{ value: close(database) }];
    return sessions.get(database)?.run(requests) ?? [];
  } catch (error) {
    return requests.map(() => ({ failure: failureOf(error) }));
  }
}

function open(database: number, { path, collections }: OpenRequest): OpenedReply {
  const file = openDatabase(path);
  if (role === "reader") {
    const reader = new Reader(file);
    sessions.set(database, { run: (requests) => reader.run(requests as ReaderRequest[]), close: () => reader.close() });
    return { stale: [] };
  }
  const writer = new Writer(file, collections);
  try {
    const stale = writer.register();
    sessions.set(database, { run: (requests) => writer.run(requests as WriterRequest[]), close: () => writer.close() });
    return { stale };
  } catch (error) {
    writer.close();
    throw error;
  }
}

function close(database: number): null {
  sessions.get(database)?.close();
  sessions.delete(database);
  return null;
}
