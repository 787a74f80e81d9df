import { foldCase } from "./case-folding.ts";
import { ManifestError } from "./manifest-error.ts";
import { checkPath, quotePath } from "./manifest-path.ts";

/** One file of an artifact, as its manifest knows it. */
export interface ManifestFile {
  /** Relative to the artifact; the rules are those of `checkPath`. */
  path: string;
  /** Of the file's bytes, 64 hexadecimal digits in lower case. */
  sha256: string;
  /** 0 to 2^53 − 1. */
  sizeBytes: number;
}

/** 100,000: the largest published models have some thousands of files; all of them fit into memory at once. */
export const MAX_FILES = 100_000;

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Throws ManifestError when the files cannot be one artifact: none or more than {@link MAX_FILES}; a path that
 * breaks a rule, stands twice, equals another after case folding, or is the folder of another; a malformed digest;
 * a size, or a sum of sizes, that is not a whole number from 0 to 2^53 − 1.
 */
export function checkFiles(files: readonly ManifestFile[]): void {
  let totalBytes = 0;
  for (const { path, sha256, sizeBytes } of files) {
    if (!SHA256.test(sha256)) {
      const advice = "give the SHA-256 of the file as 64 hexadecimal digits in lower case";
      throw new ManifestError("DIGEST_MALFORMED", `The digest of ${quotePath(path)} is malformed: ${advice}.`, {
        path,
      });
    }
    totalBytes += sizeBytes;
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || !Number.isSafeInteger(totalBytes)) {
      const advice = "give the bytes of the file as a whole number; all files together have less than 2^53";
      throw new ManifestError("SIZE_MALFORMED", `The size of ${quotePath(path)} is malformed: ${advice}.`, { path });
    }
  }
  checkPaths(files.map(({ path }) => path));
}

/** The part of `checkFiles` that concerns paths, for callers that do not have the digests yet. */
export function checkPaths(paths: readonly string[]): void {
  checkCount(paths.length);
  const byFolded = new Map<string, string>();
  for (const path of paths) {
    checkPath(path);
    const folded = foldCase(path);
    const other = byFolded.get(folded);
    if (other !== undefined) throw clash(path, other);
    byFolded.set(folded, path);
  }
  for (const [folded, path] of byFolded) checkFolders(folded, path, byFolded);
}

function checkCount(count: number): void {
  if (count === 0) throw new ManifestError("NO_FILES", "There is no file: an artifact has at least one.");
  if (count <= MAX_FILES) return;
  const advice = "pack small files into archives, or leave some out with .slipwayignore";
  throw new ManifestError("TOO_MANY_FILES", `An artifact has at most ${MAX_FILES} files, here are more: ${advice}.`);
}

function clash(path: string, other: string): ManifestError {
  if (path === other) {
    return new ManifestError("PATH_REPEATED", `The path ${quotePath(path)} stands twice: give each file once.`, {
      path,
    });
  }
  const both = `${quotePath(other)} and ${quotePath(path)}`;
  const message = `The paths ${both} differ only in case, so some disks cannot hold both: rename one of them.`;
  return new ManifestError("PATH_CASE_CLASH", message, { path });
}

function checkFolders(folded: string, path: string, byFolded: ReadonlyMap<string, string>): void {
  for (let end = folded.indexOf("/"); end !== -1; end = folded.indexOf("/", end + 1)) {
    const file = byFolded.get(folded.slice(0, end));
    if (file === undefined) continue;
    const message = `${quotePath(file)} is a file and also the folder of ${quotePath(path)}: rename one of them.`;
    throw new ManifestError("PATH_FILE_AND_FOLDER", message, { path });
  }
}
