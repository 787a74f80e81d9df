import { MAX_CHUNK_BYTES } from "../cutter.ts";

/** Room for nearly all chunks (mean 1 MiB); one in twenty moves into a buffer of the maximum. */
const USUAL_BYTES = 1.5 * 1024 * 1024;

/** Buffers kept for reuse, of each of the two sizes: enough for what one upload has under way. */
const MAX_KEPT = 16;

/**
 * The memory in which a worker builds chunks. Buffers that come back are used again: to give fresh memory to the
 * system and take it from there costs the main thread as much as all its other work on a chunk.
 */
export class ChunkMemory {
  readonly #kept = new Map<number, ArrayBuffer[]>([
    [USUAL_BYTES, []],
    [MAX_CHUNK_BYTES, []],
  ]);

  /** A buffer of its own (so that it can be handed to another thread) for at least `length` bytes, not zeroed. */
  take(length: number): Buffer<ArrayBuffer> {
    const sizeBytes = length <= USUAL_BYTES ? USUAL_BYTES : MAX_CHUNK_BYTES;
    const kept = this.#kept.get(sizeBytes)?.pop();
    return kept === undefined ? Buffer.allocUnsafeSlow(sizeBytes) : Buffer.from(kept);
  }

  /** Takes back a buffer that nobody uses any more. */
  giveBack(buffer: ArrayBuffer): void {
    const kept = this.#kept.get(buffer.byteLength);
    if (kept !== undefined && kept.length < MAX_KEPT) kept.push(buffer);
  }
}
