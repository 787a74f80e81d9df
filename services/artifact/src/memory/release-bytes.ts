/** Below this a buffer may be a part of Node's pool, and is not worth the care. */
const MIN_BYTES = 64 * 1024;
/** What a message may have around its bytes in the same buffer: tag and length. */
const MAX_FRAME_BYTES = 1024;

/**
 * Gives the memory of bytes back now, not with some later garbage collection; they are empty after it. V8 collects the
 * whole heap for every 64 MiB of buffers that came and went, which cost streams a quarter of their processor time
 * (50 collections for each GiB uploaded). Only for bytes that nobody else looks at any more; a part of a larger buffer
 * is left alone.
 */
export function releaseBytes(bytes: Uint8Array): void {
  const isAlone = bytes.byteLength >= MIN_BYTES && bytes.buffer.byteLength - bytes.byteLength <= MAX_FRAME_BYTES;
  if (isAlone) releaseBuffer(bytes.buffer);
}

/** The same for a buffer that is known to hold nothing else, however little of it is used. */
export function releaseBuffer(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

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
