import type { FileReader } from "../file-reader.ts";
import type { IsolatedOptions, IsolatedResult } from "./isolated.ts";
import { type FromReader, LARGEST_READ_BYTES, type Task, type ToReader } from "./messages.ts";
import type { ThreadPool } from "./thread-pool.ts";
import { WorkTimer } from "./work-timer.ts";

/** How a reading thread ended, at which file, and how much of its time was left. */
export type ThreadEnd =
  | { readonly kind: "done" }
  | { readonly kind: "timeout" | "memory" | "crash"; readonly file: number; readonly leftMs: number };

/** A FileReader gave another number of bytes than it was asked for. */
export class ShortReadError extends Error {
  constructor(path: string, wanted: number, got: number) {
    super(`the reader of ${JSON.stringify(path)} gave ${got} bytes instead of ${wanted}`);
    this.name = "ShortReadError";
  }
}

/** Runs one reading thread from file `first` on, at most `timeoutMs` of its own time, and serves its reads. */
export async function runThread(
  files: readonly FileReader[],
  first: number,
  timeoutMs: number,
  { limits, headersOnly, signal }: IsolatedOptions,
  result: IsolatedResult,
  pool: ThreadPool,
): Promise<ThreadEnd> {
  const thread = await pool.take(limits.memoryMib, signal);
  const { worker } = thread;
  const { promise, resolve, reject } = Promise.withResolvers<ThreadEnd>();
  let file = first;
  const timer = new WorkTimer(timeoutMs, () => end("timeout"));
  // Starting the thread is not the files' work.
  timer.pause();
  let hasStarted = false;
  const end = (kind: "timeout" | "memory" | "crash"): void => resolve({ kind, file, leftMs: timer.stop() });
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  const receive = (message: FromReader): void => {
    if (message.kind === "read") {
      timer.pause();
      serve(files, message)
        .then((reply) => worker.postMessage(reply, [reply.bytes.buffer]))
        .catch(reject)
        .finally(() => timer.resume());
    } else if (message.kind === "started") {
      file = message.file;
      if (!hasStarted) timer.resume();
      hasStarted = true;
    } else if (message.kind === "finding") result.list.add(message.finding);
    else if (message.kind === "facts") result.facts.push(message.facts);
    else resolve({ kind: "done" });
  };
  const fail = (error: Error): void => end(isOutOfMemory(error) ? "memory" : "crash");
  const exit = (): void => end("crash");
  worker.on("message", receive).on("error", fail).on("exit", exit);
  const names = files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  worker.postMessage({ files: names, first, limits, headersOnly } satisfies Task);
  let outcome: ThreadEnd | undefined;
  try {
    outcome = await promise;
    return outcome;
  } finally {
    signal?.removeEventListener("abort", abort);
    timer.stop();
    // One by one: removing all listeners would also stop the worker's own delivery of messages.
    worker.off("message", receive).off("error", fail).off("exit", exit);
    if (outcome?.kind === "done") pool.giveBack(thread);
    else await pool.discard(thread);
  }
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

async function serve(
  files: readonly FileReader[],
  { id, file, offset, length }: Extract<FromReader, { kind: "read" }>,
): Promise<ToReader & { bytes: Uint8Array<ArrayBuffer> }> {
  const reader = files[file];
  if (reader === undefined || offset < 0 || length > LARGEST_READ_BYTES || offset + length > reader.sizeBytes) {
    throw new RangeError(`the reading thread asked for ${length} bytes at ${offset} of file ${file}`);
  }
  const bytes = await reader.read(offset, length);
  if (bytes.length !== length) throw new ShortReadError(reader.path, length, bytes.length);
  // A copy: the caller may keep its bytes, and they may be a small part of a large buffer.
  return { id, bytes: new Uint8Array(bytes) };
}
