import { HashingError } from "./hashing-error.ts";
import type { FileDigest } from "./read-and-hash.ts";
import { regroup } from "./regroup.ts";
import { SLOT_BYTES, type Slots, slotBytes } from "./slots.ts";
import type { JobAnswer } from "./worker-protocol.ts";
import type { JobListener, WorkerThread } from "./worker-thread.ts";

/** A chunk of a file. */
export interface Chunk {
  /** 64 hexadecimal digits. */
  sha256: string;
  /** Of its first byte in the file. */
  offset: number;
  /** 1 byte to 4 MiB, in memory that belongs to the receiver. */
  bytes: Uint8Array;
  /**
   * Gives the memory of `bytes`, which is empty afterwards, back for a later chunk. Not needed, but it halves the
   * work of the main thread and keeps the memory of the process small: call it when the chunk is stored.
   */
  release(): void;
}

/**
 * 8 MiB: what may be read from the source and not yet be handed out as chunks. One chunk of 4 MiB must fit, and
 * enough besides it that both workers always have a slot to work on.
 */
export const MAX_PENDING_BYTES = 8 * 1024 * 1024;

const MAX_SLOTS = MAX_PENDING_BYTES / SLOT_BYTES;

export interface CutHasherParts {
  source: AsyncIterable<Uint8Array>;
  stored: AsyncIterable<Uint8Array> | undefined;
  slots: Slots;
  /** Opens the two jobs, each on the worker that is best for it. */
  openJobs(listener: JobListener): { cut: OpenJob; hash: OpenJob };
}

export interface OpenJob {
  worker: WorkerThread;
  job: number;
}

/** One file on its way through the workers; made by `HashPool.cut`. */
export class CutHasher {
  readonly #parts: CutHasherParts;
  readonly #ready: Chunk[] = [];
  #changed = Promise.withResolvers<void>();
  #slotsLent = 0;
  /** How far the file was given to the cutter, came back as chunks, and was handed out. */
  #fedTo = 0;
  #cutTo = 0;
  #takenTo = 0;
  #cutEnded = false;
  #digest: FileDigest | undefined;
  #failure: { error: unknown } | undefined;
  #state: "new" | "running" | "ended" = "new";

  constructor(parts: CutHasherParts) {
    this.#parts = parts;
  }

  /**
   * The chunks in order; iterate once. Reads the source ahead, but never by more than {@link MAX_PENDING_BYTES}
   * beyond what was handed out. When the source fails, the chunks that are ready come first, then its error; leaving
   * the loop early stops reading the source (which is closed at its next piece). Throws HashingError when a worker
   * is lost.
   */
  async *chunks(): AsyncGenerator<Chunk, void> {
    if (this.#state !== "new") throw new HashingError("The chunks of one file can be iterated once only.");
    this.#state = "running";
    const { cut, hash } = this.#parts.openJobs({
      onMessage: (message) => this.#receive(message, (buffer) => cut.worker.reuse(buffer)),
      onDeath: (error) => this.#fail(error),
    });
    this.#feed(cut, hash).catch((error: unknown) => this.#fail(error));
    try {
      for (;;) {
        const chunk = this.#ready.shift();
        if (chunk !== undefined) {
          this.#takenTo += chunk.bytes.length;
          this.#notify();
          yield chunk;
        } else if (this.#failure !== undefined) throw this.#failure.error;
        else if (this.#cutEnded && this.#digest !== undefined) return;
        else await this.#changed.promise;
      }
    } finally {
      this.#state = "ended";
      cut.worker.close(cut.job);
      hash.worker.close(hash.job);
      this.#notify();
    }
  }

  /** The SHA-256 and the size of the whole file, stored bytes included; call it when `chunks` has ended. */
  file(): FileDigest {
    if (this.#digest === undefined) throw new HashingError("The file is known only when its chunks have ended.");
    return this.#digest;
  }

  async #feed(cut: OpenJob, hash: OpenJob): Promise<void> {
    const { stored, source } = this.#parts;
    if (stored !== undefined) {
      for await (const pieces of regroup(stored, SLOT_BYTES)) {
        if (!(await this.#lend(pieces, undefined, hash))) return;
      }
      this.#cutTo = this.#fedTo;
      this.#takenTo = this.#fedTo;
    }
    for await (const pieces of regroup(source, SLOT_BYTES)) {
      if (!(await this.#lend(pieces, cut, hash))) return;
    }
    cut.worker.post({ kind: "cutEnd", job: cut.job });
    hash.worker.post({ kind: "hashEnd", job: hash.job });
  }

  /** Copies the pieces into a slot and lends it to the workers, as soon as there is room; false: stop feeding. */
  async #lend(pieces: readonly Uint8Array[], cut: OpenJob | undefined, hash: OpenJob): Promise<boolean> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    while (this.#isFeeding() && !this.#hasRoomFor(cut === undefined ? 0 : length)) await this.#changed.promise;
    if (!this.#isFeeding()) return false;
    const { slots } = this.#parts;
    const slot = await slots.acquire();
    if (!this.#isFeeding()) {
      slots.release(slot);
      return false;
    }
    fill(slotBytes(slots.memory, slot), pieces);
    this.#fedTo += length;
    this.#slotsLent += 1;
    let borrowers = cut === undefined ? 1 : 2;
    const onDone = () => {
      borrowers -= 1;
      if (borrowers > 0) return;
      slots.release(slot);
      this.#slotsLent -= 1;
      this.#notify();
    };
    cut?.worker.postSlot({ kind: "cut", job: cut.job, slot, length }, onDone);
    hash.worker.postSlot({ kind: "hash", job: hash.job, slot, length }, onDone);
    return true;
  }

  #isFeeding(): boolean {
    return this.#state === "running" && this.#failure === undefined;
  }

  #hasRoomFor(lengthToCut: number): boolean {
    if (this.#slotsLent >= MAX_SLOTS) return false;
    return lengthToCut === 0 || this.#fedTo + lengthToCut - this.#takenTo <= MAX_PENDING_BYTES;
  }

  #receive(message: JobAnswer, reuse: (buffer: ArrayBuffer) => void): void {
    if (message.kind === "chunk") {
      const { sha256, buffer, length } = message;
      const bytes = Buffer.from(buffer, 0, length);
      this.#ready.push({ sha256, offset: this.#cutTo, bytes, release: () => reuse(buffer) });
      this.#cutTo += length;
    } else if (message.kind === "cutEnd") this.#cutEnded = true;
    else if (message.kind === "hashEnd") this.#digest = { sha256: message.sha256, sizeBytes: message.sizeBytes };
    this.#notify();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function fill(slot: Buffer<SharedArrayBuffer>, pieces: readonly Uint8Array[]): void {
  let at = 0;
  for (const piece of pieces) {
    slot.fill(piece, at, at + piece.length);
    at += piece.length;
  }
}
