import type { Cursor } from "../bytes/cursor.ts";
import { Refusal } from "../refusal.ts";
import { type ExtraFields, readExtraFields } from "./extra-fields.ts";

/** One member as the central directory declares it (APPNOTE.TXT 4.3.12). */
export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** Of the local header, relative to the first byte of the archive. */
  readonly localOffset: number;
  readonly isLink: boolean;
  /** A second name in an extra field that differs from the first. */
  readonly otherName: string | undefined;
}

const SIGNATURE = 0x02014b50;
const FIXED_BYTES = 46;
const SATURATED = 0xffffffff;
const UTF8_FLAG = 0x800;
const UNIX_TYPE = 0xf000;
const UNIX_LINK = 0xa000;

/** Reads up to `most` entries from a cursor at the start of the central directory. Throws a Refusal `zip.corrupt`. */
export async function readCentralDirectory(cursor: Cursor, count: number, most: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  while (entries.length < Math.min(count, most)) {
    const at = cursor.position;
    const fixed = await cursor.take(FIXED_BYTES);
    const bytes = fixed === undefined ? undefined : Buffer.from(fixed);
    if (bytes === undefined || bytes.readUInt32LE(0) !== SIGNATURE) {
      throw new Refusal("zip.corrupt", `the zip's directory ends after ${entries.length} of ${count} members`, at);
    }
    entries.push(await readEntry(cursor, bytes));
  }
  return entries;
}

async function readEntry(cursor: Cursor, fixed: Buffer): Promise<ZipEntry> {
  const nameBytes = fixed.readUInt16LE(28);
  const extraBytes = fixed.readUInt16LE(30);
  const commentBytes = fixed.readUInt16LE(32);
  const variable = await cursor.take(nameBytes + extraBytes);
  if (variable === undefined || !(await cursor.skip(commentBytes))) {
    throw new Refusal("zip.corrupt", "the zip's directory is cut off", cursor.position);
  }
  const flags = fixed.readUInt16LE(8);
  const name = decodeName(variable.subarray(0, nameBytes), flags);
  const compressed = fixed.readUInt32LE(20);
  const size = fixed.readUInt32LE(24);
  const offset = fixed.readUInt32LE(42);
  const extra: ExtraFields = readExtraFields(Buffer.from(variable.subarray(nameBytes)), {
    size: size === SATURATED,
    compressed: compressed === SATURATED,
    offset: offset === SATURATED,
  });
  return {
    name,
    flags,
    method: fixed.readUInt16LE(10),
    crc32: fixed.readUInt32LE(16),
    compressedBytes: extra.compressedBytes ?? compressed,
    sizeBytes: extra.sizeBytes ?? size,
    localOffset: extra.localOffset ?? offset,
    isLink: ((fixed.readUInt32LE(38) >>> 16) & UNIX_TYPE) === UNIX_LINK,
    otherName: extra.unicodeName !== undefined && extra.unicodeName !== name ? extra.unicodeName : undefined,
  };
}

/** The name of a member: UTF-8 where the flag says so, else one character a byte, as for code page 437's ASCII half. */
export function decodeName(bytes: Uint8Array, flags: number): string {
  return Buffer.from(bytes).toString((flags & UTF8_FLAG) !== 0 ? "utf8" : "latin1");
}
