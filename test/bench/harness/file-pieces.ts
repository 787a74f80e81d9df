import { createReadStream } from "node:fs";
import { releaseBytes } from "@slipway/runtime";
import { MEBIBYTE } from "./units.ts";

/** Pieces of a file; the memory of each is given back when the next one is asked for, as `slipway push` does. */
export async function* filePieces(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path, { highWaterMark: MEBIBYTE }) as AsyncIterable<Buffer>) {
    yield piece;
    releaseBytes(piece);
  }
}
