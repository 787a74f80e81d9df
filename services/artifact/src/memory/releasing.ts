import { releaseBytes } from "@slipway/runtime";

/** How much follows a piece before it counts as read: twice what libs/chunking gathers before it copies. */
const HELD_BYTES = 2 * 1024 * 1024;

/** Passes a stream on and gives the memory of its pieces back, each when its reader has come 2 MiB further. */
export async function* releasing(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const held: Uint8Array[] = [];
  let followingBytes = 0;
  for await (const piece of pieces) {
    yield piece;
    if (held.length > 0) followingBytes += piece.byteLength;
    held.push(piece);
    for (let first = held[0]; first !== undefined && followingBytes >= HELD_BYTES; first = held[0]) {
      held.shift();
      followingBytes -= held[0]?.byteLength ?? 0;
      releaseBytes(first);
    }
  }
}
