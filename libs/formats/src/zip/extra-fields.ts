/** What the extra fields of a header add (APPNOTE.TXT 4.5). */
export interface ExtraFields {
  sizeBytes?: number;
  compressedBytes?: number;
  localOffset?: number;
  unicodeName?: string;
}

/** Which 32-bit fields are saturated, so that the zip64 field holds them, in this order. */
export interface Saturated {
  readonly size: boolean;
  readonly compressed: boolean;
  readonly offset: boolean;
}

const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;

/** Reads the extra fields of a header; what does not parse is left out. */
export function readExtraFields(bytes: Buffer, saturated: Saturated): ExtraFields {
  const result: ExtraFields = {};
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = bytes.readUInt16LE(at);
    const data = bytes.subarray(at + 4, at + 4 + bytes.readUInt16LE(at + 2));
    at += 4 + bytes.readUInt16LE(at + 2);
    if (id === ZIP64) readZip64(data, saturated, result);
    else if (id === UNICODE_PATH && data.length > 5) result.unicodeName = data.subarray(5).toString("utf8");
  }
  return result;
}

function readZip64(data: Buffer, saturated: Saturated, result: ExtraFields): void {
  let at = 0;
  const next = (): number | undefined => {
    at += 8;
    return at <= data.length ? Number(data.readBigUInt64LE(at - 8)) : undefined;
  };
  const size = saturated.size ? next() : undefined;
  const compressed = saturated.compressed ? next() : undefined;
  const offset = saturated.offset ? next() : undefined;
  if (size !== undefined) result.sizeBytes = size;
  if (compressed !== undefined) result.compressedBytes = compressed;
  if (offset !== undefined) result.localOffset = offset;
}
