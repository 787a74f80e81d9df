import { fail } from "@slipway/rpc";

/** A size or offset of the wire as a number; refuses what no file reaches (2^53 bytes) with FILE_SIZE_MISMATCH. */
export function safeSize(path: string, bytes: bigint, field: string): number {
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) {
    const expected = `fewer than ${Number.MAX_SAFE_INTEGER}`;
    throw fail("FILE_SIZE_MISMATCH", { path, actual: bytes, expected }, { field });
  }
  return Number(bytes);
}
