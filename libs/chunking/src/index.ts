export { Cutter, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from "./cutter.ts";
export type { Chunk, CutHasher } from "./hashing/cut-hasher.ts";
export { createHashPool, type HashPool } from "./hashing/hash-pool.ts";
export { HashingError } from "./hashing/hashing-error.ts";
export type { FileDigest } from "./hashing/read-and-hash.ts";
export { artifactDigest, encodeManifest, parseManifest } from "./manifest.ts";
export { ManifestError, type ManifestErrorCode } from "./manifest-error.ts";
export { checkFiles, checkPaths, MAX_FILES, type ManifestFile } from "./manifest-files.ts";
export { checkPath, MAX_PATH_BYTES, MAX_PATH_PART_BYTES } from "./manifest-path.ts";
