import { fail } from "@slipway/rpc";

/**
 * What a download sends of a file: `length` bytes from `offset`. A limit of 0 means to the end, and what reaches past
 * the end is cut there; an offset past the end is refused with RANGE_INVALID.
 */
export function rangeToSend(
  file: { path: string; sizeBytes: number },
  offsetBytes: bigint,
  limitBytes: bigint,
): { offset: number; length: number } {
  if (offsetBytes > BigInt(file.sizeBytes)) {
    throw fail("RANGE_INVALID", { path: file.path, offset: offsetBytes, size: file.sizeBytes });
  }
  const offset = Number(offsetBytes);
  const rest = file.sizeBytes - offset;
  return { offset, length: limitBytes === 0n || limitBytes > BigInt(rest) ? rest : Number(limitBytes) };
}
