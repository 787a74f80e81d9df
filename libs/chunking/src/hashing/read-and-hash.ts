import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const READ_BYTES = 1024 * 1024;

export interface FileDigest {
  /** 64 hexadecimal digits. */
  sha256: string;
  sizeBytes: number;
}

/**
 * Hashes a file from its first to its last byte, reading ahead by one piece; stops early when `isDropped`. `onRead` hears
 * of every piece that is through.
 */
export async function readAndHash(
  path: string,
  isDropped: () => boolean,
  onRead: (bytes: number) => void,
): Promise<FileDigest> {
  await using file = await open(path, "r");
  const sha256 = createHash("sha256");
  const buffers = [Buffer.allocUnsafeSlow(READ_BYTES), Buffer.allocUnsafeSlow(READ_BYTES)] as const;
  let sizeBytes = 0;
  let current = await file.read(buffers[0], 0, READ_BYTES, 0);
  while (current.bytesRead > 0 && !isDropped()) {
    sizeBytes += current.bytesRead;
    const other = current.buffer === buffers[0] ? buffers[1] : buffers[0];
    const next = file.read(other, 0, READ_BYTES, sizeBytes);
    sha256.update(current.buffer.subarray(0, current.bytesRead));
    onRead(current.bytesRead);
    current = await next;
  }
  return { sha256: sha256.digest("hex"), sizeBytes };
}
