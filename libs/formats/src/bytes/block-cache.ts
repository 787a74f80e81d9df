import type { Source } from "./source.ts";

const BLOCK_BYTES = 64 * 1024;
const KEPT_BLOCKS = 16;
/** Longer reads go straight through: they are runs that nobody comes back to. */
const LONGEST_CACHED_BYTES = 16 * 1024;

/**
 * Reads small ranges through blocks of 64 KiB of which the last 16 are kept: the headers of an archive's members, and
 * the heads that several readers look at in turn, then cost one read of the store instead of many.
 */
export function blockCache(source: Source): Source {
  const blocks = new Map<number, Uint8Array>();

  const block = async (index: number): Promise<Uint8Array> => {
    const start = index * BLOCK_BYTES;
    const bytes = blocks.get(index) ?? (await source.read(start, Math.min(BLOCK_BYTES, source.sizeBytes - start)));
    blocks.delete(index);
    blocks.set(index, bytes);
    const [oldest] = blocks.keys();
    if (blocks.size > KEPT_BLOCKS && oldest !== undefined) blocks.delete(oldest);
    return bytes;
  };

  return {
    sizeBytes: source.sizeBytes,
    async read(offset, length) {
      if (length === 0 || length > LONGEST_CACHED_BYTES) return source.read(offset, length);
      const first = Math.floor(offset / BLOCK_BYTES);
      const last = Math.floor((offset + length - 1) / BLOCK_BYTES);
      const at = offset - first * BLOCK_BYTES;
      const head = await block(first);
      if (first === last) return head.subarray(at, at + length);
      const tail = await block(last);
      return Buffer.concat([head.subarray(at), tail.subarray(0, offset + length - last * BLOCK_BYTES)]);
    },
  };
}
