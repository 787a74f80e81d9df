import type { FileReader } from "../file-reader.ts";

/** A file of 1 PiB that begins with `head` and repeats `pattern` from there on. */
export function endlessFile(path: string, head: Uint8Array, pattern: Uint8Array): FileReader {
  return {
    path,
    sizeBytes: 2 ** 50,
    async read(offset, length) {
      const bytes = Buffer.alloc(length);
      for (let at = 0; at < length; at++) {
        const place = offset + at;
        bytes[at] = (place < head.length ? head[place] : pattern[(place - head.length) % pattern.length]) as number;
      }
      return bytes;
    },
  };
}
