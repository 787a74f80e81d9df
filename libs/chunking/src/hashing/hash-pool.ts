import { availableParallelism } from "node:os";
import { CutHasher, MAX_PENDING_BYTES } from "./cut-hasher.ts";
import { HashingError } from "./hashing-error.ts";
import type { FileDigest } from "./read-and-hash.ts";
import { SLOT_BYTES, Slots } from "./slots.ts";
import { type JobListener, WorkerThread } from "./worker-thread.ts";

/** More threads than this would need more than the 128 MiB of slots that go with them. */
const MAX_WORKERS = 16;

/** Cutting and hashing the chunks of a byte takes about three times as long as hashing it once (2026, 2 cores). */
const CUT_WEIGHT = 3;
const HASH_WEIGHT = 1;

export interface HashFileOptions {
  signal?: AbortSignal;
  /** Hears of every piece that is through, with its length. */
  onRead?: (bytes: number) => void;
}

/** Cuts and hashes files in threads of its own, so that the event loop stays free; one for a process is enough. */
export interface HashPool {
  /**
   * Cuts and hashes a file whose bytes arrive in order. The pieces of the source may have any size; each must stay
   * untouched until the piece after the next has been asked for. `stored` are the bytes of the file up to a chunk
   * boundary that were cut before: they count for the file's hash and for offsets, and give no chunks.
   */
  cut(source: AsyncIterable<Uint8Array>, options?: { stored?: AsyncIterable<Uint8Array> }): CutHasher;

  /** Hashes a file on disk. Throws HashingError with the system's `code`, or the signal's reason. */
  hashFile(path: string, options?: HashFileOptions): Promise<FileDigest>;

  /**
   * Hashes bytes in memory, which moves to a thread and back: use those of the answer, the ones given are empty from
   * then on. Bytes that are only a part of their buffer are copied first. Throws HashingError when a worker is lost.
   */
  hashBytes(bytes: Uint8Array): Promise<{ sha256: string; bytes: Uint8Array }>;

  /** Ends the threads; what is still under way fails. */
  close(): Promise<void>;
}

/**
 * Threads start when they are first needed, and keep the process alive only while they work. `workers` is their
 * number, by default that of the available cores, at most 16; each comes with 8 MiB of memory for bytes under way.
 */
export function createHashPool(options: { workers?: number } = {}): HashPool {
  return new Threads(Math.min(options.workers ?? availableParallelism(), MAX_WORKERS));
}

class Threads implements HashPool {
  readonly #threads: WorkerThread[] = [];
  readonly #count: number;
  readonly #slots: Slots;
  #closed = false;

  constructor(count: number) {
    this.#count = count;
    this.#slots = new Slots((count * MAX_PENDING_BYTES) / SLOT_BYTES);
  }

  cut(source: AsyncIterable<Uint8Array>, options: { stored?: AsyncIterable<Uint8Array> } = {}): CutHasher {
    return new CutHasher({
      source,
      stored: options.stored,
      slots: this.#slots,
      openJobs: (listener) => ({ cut: this.#open(listener, CUT_WEIGHT), hash: this.#open(listener, HASH_WEIGHT) }),
    });
  }

  async hashFile(path: string, options: HashFileOptions = {}): Promise<FileDigest> {
    const { signal, onRead } = options;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<FileDigest>();
    const { worker, job } = this.#open(
      {
        onMessage: (message) => {
          if (message.kind === "read") onRead?.(message.bytes);
          if (message.kind === "hashEnd") resolve({ sha256: message.sha256, sizeBytes: message.sizeBytes });
          if (message.kind === "failed") reject(new HashingError(message.message, { code: message.code }));
        },
        onDeath: reject,
      },
      HASH_WEIGHT,
    );
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      worker.post({ kind: "hashFile", job, path });
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      worker.close(job);
    }
  }

  async hashBytes(bytes: Uint8Array): Promise<{ sha256: string; bytes: Uint8Array }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ sha256: string; bytes: Uint8Array }>();
    const { worker, job } = this.#open(
      {
        onMessage: (message) => {
          if (message.kind !== "bytesHashed") return;
          resolve({ sha256: message.sha256, bytes: Buffer.from(message.buffer, 0, length) });
        },
        onDeath: reject,
      },
      HASH_WEIGHT,
    );
    const length = bytes.byteLength;
    const buffer = ownBufferOf(bytes);
    worker.post({ kind: "hashBytes", job, buffer, length }, [buffer]);
    try {
      return await promise;
    } finally {
      worker.close(job);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.splice(0).map((thread) => thread.terminate()));
  }

  #open(listener: JobListener, weight: number): { worker: WorkerThread; job: number } {
    if (this.#closed) throw new HashingError("The pool of hashing threads is closed.");
    const worker = this.#leastLoaded();
    return { worker, job: worker.open(listener, weight) };
  }

  #leastLoaded(): WorkerThread {
    const alive = this.#threads.filter((thread) => !thread.isDead);
    this.#threads.splice(0, Number.POSITIVE_INFINITY, ...alive);
    const idle = alive.find((thread) => thread.load === 0);
    if (idle !== undefined) return idle;
    if (alive.length < this.#count) {
      const thread = new WorkerThread({ slots: this.#slots.memory });
      this.#threads.push(thread);
      return thread;
    }
    return alive.reduce((best, thread) => (thread.load < best.load ? thread : best));
  }
}

/** The buffer of the bytes where it holds nothing else, so that it can be handed to a thread, else a copy. */
function ownBufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  return new Uint8Array(bytes).buffer;
}
