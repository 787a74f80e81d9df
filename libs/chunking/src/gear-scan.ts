import { endianness } from "node:os";
import { GEAR } from "./gear.ts";

const LITTLE_ENDIAN = endianness() === "LE";

/**
 * Bytes in one turn of the scan. V8 compiles a function that is called often to its best code; one that is called
 * seldom and loops long keeps a code for entering the loop halfway that is a third slower (Node 24).
 */
const BYTES_PER_TURN = 16 * 1024;

/**
 * Rolls the gear hash over `bytes` in [from, until): for each byte, hash = hash × 2 + GEAR[byte], in 32 bits. Returns
 * the index after the first byte where the hash has only zeros under the mask, or -1. `state` has one element, the
 * hash: before the call and, when there was no cut, after it.
 */
export function scan(bytes: Uint8Array, from: number, until: number, mask: number, state: Int32Array): number {
  const before = bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset - before, (bytes.length + before) >> 2);
  for (let start = from; start < until; start += BYTES_PER_TURN) {
    const cut = scanTurn(bytes, words, before, start, Math.min(until, start + BYTES_PER_TURN), mask, state);
    if (cut !== -1) return cut;
  }
  return -1;
}

/**
 * One turn: single bytes up to the next whole word, then four bytes at a time, then single bytes again. `words` are
 * the same memory as `bytes` and begin `before` bytes earlier, so that they are aligned. All three loops stand in one function because V8 would inline a smaller one into
 * its caller, where the loop becomes a third slower.
 */
function scanTurn(
  bytes: Uint8Array,
  words: Int32Array,
  before: number,
  from: number,
  until: number,
  mask: number,
  state: Int32Array,
): number {
  let hash = state[0] as number;
  let index = from;
  const wordsFrom = LITTLE_ENDIAN ? Math.min(until, from + (-(from + before) & 3)) : until;
  for (; index < wordsFrom; index++) {
    hash = ((hash << 1) + (GEAR[bytes[index] as number] as number)) | 0;
    if ((hash & mask) === 0) return index + 1;
  }
  const endWord = (until + before) >> 2;
  for (let at = (index + before) >> 2; at < endWord; at++) {
    const word = words[at] as number;
    const gear0 = GEAR[word & 255] as number;
    const gear2 = GEAR[(word >>> 16) & 255] as number;
    const hash0 = ((hash << 1) + gear0) | 0;
    const hash1 = ((hash << 2) + (((gear0 << 1) + (GEAR[(word >>> 8) & 255] as number)) | 0)) | 0;
    const hash2 = ((hash1 << 1) + gear2) | 0;
    const hash3 = ((hash1 << 2) + (((gear2 << 1) + (GEAR[word >>> 24] as number)) | 0)) | 0;
    if ((hash0 & mask) === 0) return at * 4 - before + 1;
    if ((hash1 & mask) === 0) return at * 4 - before + 2;
    if ((hash2 & mask) === 0) return at * 4 - before + 3;
    if ((hash3 & mask) === 0) return at * 4 - before + 4;
    hash = hash3;
  }
  index = Math.max(index, endWord * 4 - before);
  for (; index < until; index++) {
    hash = ((hash << 1) + (GEAR[bytes[index] as number] as number)) | 0;
    if ((hash & mask) === 0) return index + 1;
  }
  state[0] = hash;
  return -1;
}
