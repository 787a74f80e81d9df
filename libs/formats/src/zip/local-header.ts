import type { Source } from "../bytes/source.ts";
import { decodeName, type ZipEntry } from "./central-directory.ts";
import { readExtraFields } from "./extra-fields.ts";

/** Where a member's bytes lie, and how its local header differs from the central directory. */
export interface LocalHeader {
  readonly dataOffset: number;
  readonly disagreements: readonly string[];
}

const SIGNATURE = 0x04034b50;
const FIXED_BYTES = 30;
const SATURATED = 0xffffffff;
const ENCRYPTED_FLAG = 0x1;
/** Sizes and checksum stand behind the data instead of in the local header. */
const DESCRIPTOR_FLAG = 0x8;

/** Reads the local header at `offset` (APPNOTE.TXT 4.3.7); undefined when there is none. */
export async function readLocalHeader(
  source: Source,
  offset: number,
  entry: ZipEntry,
): Promise<LocalHeader | undefined> {
  if (offset < 0 || offset + FIXED_BYTES > source.sizeBytes) return undefined;
  const fixed = Buffer.from(await source.read(offset, FIXED_BYTES));
  if (fixed.readUInt32LE(0) !== SIGNATURE) return undefined;
  const nameBytes = fixed.readUInt16LE(26);
  const extraBytes = fixed.readUInt16LE(28);
  const dataOffset = offset + FIXED_BYTES + nameBytes + extraBytes;
  if (dataOffset > source.sizeBytes) return undefined;
  const variable = Buffer.from(await source.read(offset + FIXED_BYTES, nameBytes + extraBytes));
  return { dataOffset, disagreements: [...compare(fixed, variable, nameBytes, entry)] };
}

function* compare(fixed: Buffer, variable: Buffer, nameBytes: number, entry: ZipEntry): Generator<string> {
  const flags = fixed.readUInt16LE(6);
  const compressed = fixed.readUInt32LE(18);
  const size = fixed.readUInt32LE(22);
  const extra = readExtraFields(variable.subarray(nameBytes), {
    size: size === SATURATED,
    compressed: compressed === SATURATED,
    offset: false,
  });
  if (decodeName(variable.subarray(0, nameBytes), flags) !== entry.name) yield "name";
  if (extra.unicodeName !== undefined && extra.unicodeName !== entry.name) yield "name";
  if (fixed.readUInt16LE(8) !== entry.method) yield "method";
  if ((flags & ENCRYPTED_FLAG) !== (entry.flags & ENCRYPTED_FLAG)) yield "encryption";
  if ((flags & DESCRIPTOR_FLAG) !== 0 && size === 0 && compressed === 0) return;
  if ((extra.sizeBytes ?? size) !== entry.sizeBytes) yield "size";
  if ((extra.compressedBytes ?? compressed) !== entry.compressedBytes) yield "compressed size";
}
