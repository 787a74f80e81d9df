import { scan } from "./gear-scan.ts";

/** No chunk but the last of a file is shorter: 256 KiB. */
export const MIN_CHUNK_BYTES = 256 * 1024;

/** No chunk is longer: 4 MiB, which is what one message to the artifact service holds. */
export const MAX_CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Where cuts become likelier, 832 KiB: with 22 bits before it and 18 after, the mean chunk of random bytes is 1 MiB
 * (256 KiB + about 576 KiB that seldom end in a cut + about 256 KiB).
 */
const LIKELY_FROM_BYTES = 832 * 1024;
const UNLIKELY_MASK = 0xffffffff << (32 - 22);
const LIKELY_MASK = 0xffffffff << (32 - 18);

/** Up to which length of the chunk which mask decides. */
const PHASES: readonly (readonly [limit: number, mask: number])[] = [
  [LIKELY_FROM_BYTES, UNLIKELY_MASK],
  [MAX_CHUNK_BYTES, LIKELY_MASK],
];

/**
 * Finds where to cut a file into chunks so that the cuts depend on the bytes around them alone: FastCDC (Xia et al.,
 * "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication", USENIX ATC 2016) with
 * its sub-minimum skipping and normalized chunking of level 2, and the rolling of several bytes at a time (Xia et
 * al., "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage Systems", TPDS 2020).
 * The hash has 32 bits, as JavaScript is fast with these, so it sees the last 32 bytes; the conditions look at its
 * highest bits, which see them all. It starts anew at the minimum of each chunk.
 *
 * One cutter is for one file. The cuts are the same however the file is split into calls.
 */
export class Cutter {
  /** Bytes since the last cut. */
  #length = 0;
  readonly #hash = new Int32Array(1);

  /**
   * Reads `bytes` from the index `from` on. Returns the index after the last byte of the chunk, where the next call
   * goes on, or -1 when the chunk does not end inside `bytes`.
   */
  next(bytes: Uint8Array, from: number): number {
    let at = from + Math.min(Math.max(MIN_CHUNK_BYTES - this.#length, 0), bytes.length - from);
    this.#length += at - from;
    for (const [limit, mask] of PHASES) {
      if (this.#length >= limit || at === bytes.length) continue;
      const until = Math.min(bytes.length, at + limit - this.#length);
      const cut = scan(bytes, at, until, mask, this.#hash);
      if (cut !== -1) return this.#cutAt(cut);
      this.#length += until - at;
      at = until;
    }
    return this.#length === MAX_CHUNK_BYTES ? this.#cutAt(at) : -1;
  }

  #cutAt(index: number): number {
    this.#length = 0;
    this.#hash[0] = 0;
    return index;
  }
}
