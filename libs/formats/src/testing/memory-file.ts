import type { FileReader } from "../file-reader.ts";

/** A FileReader over bytes that counts what is asked of it. */
export interface MemoryFile extends FileReader {
  readBytes: number;
}

/** A file in memory. */
export function memoryFile(path: string, bytes: Uint8Array): MemoryFile {
  const file: MemoryFile = {
    path,
    sizeBytes: bytes.length,
    readBytes: 0,
    async read(offset, length) {
      file.readBytes += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  return file;
}
