export { artifactDigest, encodeManifest, parseManifest } from "./manifest.ts";
export { ManifestError, type ManifestErrorCode } from "./manifest-error.ts";
export { checkFiles, checkPaths, MAX_FILES, type ManifestFile } from "./manifest-files.ts";
export { checkPath, MAX_PATH_BYTES, MAX_PATH_PART_BYTES } from "./manifest-path.ts";
