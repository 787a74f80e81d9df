import { createHash } from "node:crypto";
import { ManifestError } from "./manifest-error.ts";
import { checkFiles, type ManifestFile } from "./manifest-files.ts";

const HEADER = "slipway-manifest-v1\n";
const LINE = /^([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) (.*)$/s;

/**
 * The manifest of the files, in any order given: the header, then a line `<sha256> <size> <path>` for each, sorted
 * by the UTF-8 bytes of the path. The same set of files has the same bytes, always. Throws ManifestError when the
 * files break a rule (`checkFiles`).
 */
export function encodeManifest(files: readonly ManifestFile[]): Uint8Array {
  checkFiles(files);
  const sorted = files.map((file) => ({ file, pathBytes: Buffer.from(file.path) }));
  sorted.sort((a, b) => Buffer.compare(a.pathBytes, b.pathBytes));
  return Buffer.from(HEADER + sorted.map(({ file }) => `${file.sha256} ${file.sizeBytes} ${file.path}\n`).join(""));
}

/**
 * The files of a manifest, sorted as they stand in it. Only bytes that `encodeManifest` writes are accepted, so that
 * a set of files has one digest; everything else throws ManifestError.
 */
export function parseManifest(bytes: Uint8Array): ManifestFile[] {
  const text = decode(bytes);
  if (!text.startsWith(HEADER)) {
    throw new ManifestError("HEADER_MISSING", `A manifest begins with the line ${JSON.stringify(HEADER)}.`);
  }
  const lines = text.slice(HEADER.length).split("\n");
  if (lines.pop() !== "") {
    throw new ManifestError("LINE_MALFORMED", "The last line of the manifest has no end: send all of its bytes.");
  }
  const files = lines.map(parseLine);
  checkFiles(files);
  checkOrder(files);
  return files;
}

/** The name of the artifact that the manifest describes: the SHA-256 of its bytes, as 64 hexadecimal digits. */
export function artifactDigest(manifest: Uint8Array): string {
  return createHash("sha256").update(manifest).digest("hex");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ManifestError("NOT_UTF8", "The manifest is not valid UTF-8: send the bytes as they were made.", {
      cause,
    });
  }
}

function parseLine(line: string, index: number): ManifestFile {
  const match = LINE.exec(line);
  if (match === null) {
    const where = `Line ${index + 2} of the manifest`;
    throw new ManifestError("LINE_MALFORMED", `${where} is not "<sha256 hex> <size in decimal> <path>".`);
  }
  const [, sha256 = "", size = "", path = ""] = match;
  return { path, sha256, sizeBytes: Number(size) };
}

function checkOrder(files: readonly ManifestFile[]): void {
  let previous: Buffer | undefined;
  for (const { path } of files) {
    const current = Buffer.from(path);
    if (previous !== undefined && Buffer.compare(previous, current) >= 0) {
      const advice = "sort the files by the UTF-8 bytes of their paths";
      throw new ManifestError("NOT_SORTED", `${JSON.stringify(path)} stands too late in the manifest: ${advice}.`, {
        path,
      });
    }
    previous = current;
  }
}
