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
