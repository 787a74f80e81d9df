import type { Source } from "../bytes/source.ts";
import { Refusal } from "../refusal.ts";

/** Where the central directory lies (APPNOTE.TXT 4.3.14 to 4.3.16). */
export interface EndRecord {
  readonly entryCount: number;
  readonly directorySizeBytes: number;
  /** As declared: relative to the first byte of the archive. */
  readonly directoryOffset: number;
  /** Where the directory ends and the end records start. */
  readonly directoryEnd: number;
  /** The 32-bit and the 64-bit record, or its locator, name different places. */
  readonly contradicts: boolean;
}

const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const LOCATOR_SIGNATURE = 0x07064b50;
const END64_SIGNATURE = 0x06064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const LONGEST_COMMENT_BYTES = 0xffff;
const SATURATED_16 = 0xffff;
const SATURATED_32 = 0xffffffff;

/** Finds the end record as Python's zipfile does: the last signature in the last 64 KiB. Undefined: no zip. */
export async function findEndRecord(source: Source): Promise<EndRecord | undefined> {
  if (source.sizeBytes < END_BYTES) return undefined;
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + LONGEST_COMMENT_BYTES);
  const tailStart = source.sizeBytes - tailBytes;
  const tail = Buffer.from(await source.read(tailStart, tailBytes));
  const at = tail.lastIndexOf(END_SIGNATURE, tailBytes - END_BYTES);
  if (at < 0 || at + END_BYTES + tail.readUInt16LE(at + 20) !== tailBytes) return undefined;
  const record = {
    entryCount: tail.readUInt16LE(at + 10),
    directorySizeBytes: tail.readUInt32LE(at + 12),
    directoryOffset: tail.readUInt32LE(at + 16),
    directoryEnd: tailStart + at,
    contradicts: false,
  };
  if (at < LOCATOR_BYTES || tail.readUInt32LE(at - LOCATOR_BYTES) !== LOCATOR_SIGNATURE) return record;
  const end64Offset = Number(tail.readBigUInt64LE(at - LOCATOR_BYTES + 8));
  return readEnd64(source, record, end64Offset, tailStart + at - LOCATOR_BYTES);
}

async function readEnd64(source: Source, record: EndRecord, offset: number, locatorAt: number): Promise<EndRecord> {
  // Right before its locator, as Python's zipfile reads it.
  const at = locatorAt - END64_BYTES;
  if (at < 0) throw new Refusal("zip.corrupt", "the zip's 64-bit end record lies outside it", locatorAt);
  const bytes = Buffer.from(await source.read(at, END64_BYTES));
  if (bytes.readUInt32LE(0) !== END64_SIGNATURE) {
    throw new Refusal("zip.corrupt", "the zip's 64-bit end record is missing", at);
  }
  const entryCount = Number(bytes.readBigUInt64LE(32));
  const directorySizeBytes = Number(bytes.readBigUInt64LE(40));
  const directoryOffset = Number(bytes.readBigUInt64LE(48));
  const contradicts =
    offset !== at ||
    (record.entryCount !== SATURATED_16 && record.entryCount !== entryCount) ||
    (record.directorySizeBytes !== SATURATED_32 && record.directorySizeBytes !== directorySizeBytes) ||
    (record.directoryOffset !== SATURATED_32 && record.directoryOffset !== directoryOffset);
  return { entryCount, directorySizeBytes, directoryOffset, directoryEnd: at, contradicts };
}
