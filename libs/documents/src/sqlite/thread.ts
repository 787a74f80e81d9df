import { parentPort, workerData } from "node:worker_threads";
import type { Opened, ReaderRequest, ThreadOptions, WriterRequest } from "./messages.ts";
import { openDatabase } from "./open-database.ts";
import { Reader } from "./reader.ts";
import { failureOf } from "./sqlite-failure.ts";
import { Writer } from "./writer.ts";

/** A database thread: opens the file, says so, then answers each batch of requests with a batch of replies. */

const port = parentPort;
if (!port) throw new Error("thread.ts runs as a worker");
const options = workerData as ThreadOptions;

function start(): { stale: string[] } {
  const database = openDatabase(options.path);
  if (options.role === "writer") {
    const writer = new Writer(database, options.collections);
    const stale = writer.register();
    port?.on("message", (requests: WriterRequest[] | "close") => {
      if (requests === "close") return finish();
      port?.postMessage(writer.run(requests));
    });
    return { stale };
  }
  const reader = new Reader(database);
  port?.on("message", (requests: ReaderRequest[] | "close") => {
    if (requests === "close") return finish();
    port?.postMessage(reader.run(requests));
  });
  return { stale: [] };

  function finish(): void {
    database.close();
    port?.close();
  }
}

function opened(): Opened {
  try {
    return { value: start() };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

port.postMessage(opened());
