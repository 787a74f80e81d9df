import { type FileHandle, open, stat } from "node:fs/promises";
import type { HashFileOptions, HashPool } from "../hashing/hash-pool.ts";
import type { ManifestFile } from "../manifest-files.ts";
import { ScanError, translateScanError } from "./scan-error.ts";

/** A file on disk that is to become a file of an artifact. */
export interface SourceFile {
  /** In the artifact; the rules of `checkPath` hold. */
  path: string;
  /** On disk, where the bytes are. */
  sourcePath: string;
  /** When it was scanned. */
  sizeBytes: number;
  /** Tells whether the file is still the one that was scanned: its inode and the time of its last change in ns. */
  fingerprint: string;
}

/** What of `stat({ bigint: true })` tells whether a file has changed. */
export interface FileStatus {
  ino: bigint;
  size: bigint;
  mtimeNs: bigint;
}

const PIECE_BYTES = 1024 * 1024;

export function fingerprintOf({ ino, size, mtimeNs }: FileStatus): string {
  return `${ino}-${size}-${mtimeNs}`;
}

/**
 * Hashes the file in the pool's threads. Throws ScanError `CHANGED`, `VANISHED` or `UNREADABLE` when the file is not,
 * from before the first byte until after the last, the one that was scanned.
 */
export async function hashSourceFile(
  file: SourceFile,
  pool: HashPool,
  options: HashFileOptions = {},
): Promise<ManifestFile> {
  const { path, sourcePath, sizeBytes } = file;
  try {
    checkUnchanged(file, await stat(sourcePath, { bigint: true }));
    const hashed = await pool.hashFile(sourcePath, options);
    checkUnchanged(file, await stat(sourcePath, { bigint: true }));
    if (hashed.sizeBytes !== sizeBytes) throw changed(file);
    return { path, sha256: hashed.sha256, sizeBytes };
  } catch (error) {
    throw translateScanError(error, sourcePath);
  }
}

/**
 * The bytes of the file from `offset` on in pieces of at most 1 MiB, each of them the receiver's own. Throws as
 * `hashSourceFile` does; whatever was read before that must be thrown away.
 */
export async function* readSourceFile(file: SourceFile, offset = 0): AsyncGenerator<Uint8Array, void> {
  try {
    await using handle = await open(file.sourcePath, "r");
    checkUnchanged(file, await handle.stat({ bigint: true }));
    for (let at = offset; at < file.sizeBytes; at += PIECE_BYTES) {
      yield await readPiece(handle, file, at, Math.min(PIECE_BYTES, file.sizeBytes - at));
    }
    checkUnchanged(file, await handle.stat({ bigint: true }));
  } catch (error) {
    throw translateScanError(error, file.sourcePath);
  }
}

async function readPiece(handle: FileHandle, file: SourceFile, at: number, length: number): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafeSlow(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(piece, filled, length - filled, at + filled);
    if (bytesRead === 0) throw changed(file);
    filled += bytesRead;
  }
  return piece;
}

function checkUnchanged(file: SourceFile, status: FileStatus): void {
  if (fingerprintOf(status) !== file.fingerprint) throw changed(file);
}

function changed({ sourcePath }: SourceFile): ScanError {
  return new ScanError("CHANGED", sourcePath, "changed while it was read: push again when nothing writes to it");
}
