import type { HashFileOptions, HashPool } from "../hashing/hash-pool.ts";
import type { ManifestFile } from "../manifest-files.ts";
import { hashSourceFile, type SourceFile } from "./source-file.ts";

/** Small files wait for the disk more than for a core. */
const FILES_AT_ONCE = 4;

/** The files of a manifest, in the order of the source files. Throws what `hashSourceFile` throws, at the first file. */
export async function hashSourceFiles(
  files: readonly SourceFile[],
  pool: HashPool,
  options: HashFileOptions = {},
): Promise<ManifestFile[]> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const hashed: ManifestFile[] = [];
  const queue = files.entries();
  const hashSome = async () => {
    for (const [index, file] of queue) {
      hashed[index] = await hashSourceFile(file, pool, { ...options, signal });
    }
  };
  try {
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, hashSome));
  } catch (error) {
    stop.abort(error);
    throw error;
  }
  return hashed;
}
