import type { Format } from "../format.ts";
import { parseTarHeader } from "../tar/header.ts";

/** How much of a content is looked at to recognise it. */
export const HEAD_BYTES = 4096;

interface Magic {
  readonly format: Format;
  readonly bytes: Buffer;
}

const magics: readonly Magic[] = [
  { format: "zip", bytes: Buffer.from("PK\x03\x04", "latin1") },
  { format: "zip", bytes: Buffer.from("PK\x05\x06", "latin1") },
  { format: "npy", bytes: Buffer.from("\x93NUMPY", "latin1") },
  { format: "gguf", bytes: Buffer.from("GGUF", "latin1") },
  { format: "hdf5", bytes: Buffer.from("\x89HDF\r\n\x1a\n", "latin1") },
  { format: "gzip", bytes: Buffer.from("1f8b08", "hex") },
  { format: "xz", bytes: Buffer.from("fd377a585a00", "hex") },
  { format: "lz4", bytes: Buffer.from("04224d18", "hex") },
  { format: "zstd", bytes: Buffer.from("28b52ffd", "hex") },
  { format: "executable", bytes: Buffer.from("\x7fELF", "latin1") },
  { format: "executable", bytes: Buffer.from("feedface", "hex") },
  { format: "executable", bytes: Buffer.from("feedfacf", "hex") },
  { format: "executable", bytes: Buffer.from("cefaedfe", "hex") },
  { format: "executable", bytes: Buffer.from("cffaedfe", "hex") },
];

/** No header that is longer than this is believed to be one, unless the name says safetensors. */
const BELIEVABLE_HEADER_BYTES = 2 ** 40;

/** The format that the first bytes show; undefined when they show none. */
export function magicFormat(head: Buffer): Format | undefined {
  for (const { format, bytes } of magics) {
    if (head.length >= bytes.length && head.subarray(0, bytes.length).equals(bytes)) return format;
  }
  if (isBzip2(head)) return "bzip2";
  if (isLzma(head)) return "lzma";
  if (isPortableExecutable(head)) return "executable";
  if (looksLikeSafetensors(head)) return "safetensors";
  return parseTarHeader(head) === undefined ? undefined : "tar";
}

/** True for a zlib header (RFC 1950 2.2); two bytes may be an accident, so that decompression must confirm it. */
export function mayBeZlib(head: Buffer): boolean {
  return (
    head.length >= 2 && (head[0] as number) % 16 === 8 && (head[0] as number) <= 0x78 && head.readUInt16BE(0) % 31 === 0
  );
}

/** The file header, then the magic number of a block or of the end. */
function isBzip2(head: Buffer): boolean {
  const block = head.toString("hex", 4, 10);
  return /^BZh[1-9]/.test(head.toString("latin1", 0, 4)) && (block === "314159265359" || block === "177245385090");
}

/** Default properties, then the size of the dictionary, then the size of the content: unknown, or below 2^40. */
function isLzma(head: Buffer): boolean {
  if (head.length < 13 || head[0] !== 0x5d || head.readUInt16LE(1) !== 0) return false;
  const size = head.readBigUInt64LE(5);
  return size === 0xffffffffffffffffn || size < 2n ** 40n;
}

function looksLikeSafetensors(head: Buffer): boolean {
  if (head.length < 10 || Number(head.readBigUInt64LE(0)) >= BELIEVABLE_HEADER_BYTES) return false;
  return /^\{["} \n\r\t]/.test(head.toString("latin1", 8, 10));
}

function isPortableExecutable(head: Buffer): boolean {
  if (head.length < 64 || head.toString("latin1", 0, 2) !== "MZ") return false;
  const at = head.readUInt32LE(60);
  return at + 4 <= head.length && head.toString("latin1", at, at + 4) === "PE\0\0";
}
