import { pipeline, Readable } from "node:stream";
import { createGunzip, createInflate, createInflateRaw } from "node:zlib";
import type { Budget } from "../budget.ts";
import { Refusal } from "../refusal.ts";
import { Cursor } from "./cursor.ts";

/** The compressions that are looked into. */
export type Compression = "zlib" | "gzip" | "deflate";

const PIECE_BYTES = 64 * 1024;
const decompressors = { zlib: createInflate, gzip: createGunzip, deflate: createInflateRaw };

/** A cursor over decompressed bytes, and what is known about the compressed ones once it came to its end. */
export interface Inflated {
  readonly cursor: Cursor;
  /** Compressed bytes that belonged to the stream. */
  consumedBytes(): number;
}

/**
 * Decompresses in pieces of 64 KiB, charging the budget for each, so that a bomb ends in a Refusal. Data that is not
 * of this compression ends in a Refusal `compression.corrupt`.
 */
export function inflate(outer: Cursor, compression: Compression, budget: Budget): Inflated {
  const decompressor = decompressors[compression]({ chunkSize: PIECE_BYTES });
  const input = Readable.from(pieces(outer), { objectMode: false, highWaterMark: PIECE_BYTES });
  // An error of either side reaches the consumer through the iteration below.
  pipeline(input, decompressor, () => {});
  const output = decompressor[Symbol.asyncIterator]();
  let producedBytes = 0;
  const cursor = new Cursor({
    async pull() {
      const next = await output.next().catch((error: unknown) => {
        throw isCorruption(error) ? new Refusal("compression.corrupt", `the ${compression} data is damaged`) : error;
      });
      if (next.done === true) return undefined;
      const piece: Uint8Array = next.value;
      producedBytes += piece.length;
      budget.chargeInflated(piece.length, producedBytes, Math.max(1, decompressor.bytesWritten));
      return piece;
    },
    close() {
      decompressor.destroy();
      outer.close();
    },
  });
  return { cursor, consumedBytes: () => decompressor.bytesWritten };
}

async function* pieces(cursor: Cursor): AsyncGenerator<Uint8Array> {
  while (await cursor.fill(1)) {
    yield (await cursor.take(Math.min(cursor.buffered, PIECE_BYTES))) as Uint8Array;
  }
}

function isCorruption(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("Z_");
}
