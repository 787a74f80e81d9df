/** One header block of a tar (POSIX ustar, GNU and the older v7 layout). */
export interface TarHeader {
  readonly name: string;
  readonly sizeBytes: number;
  /** `0` file, `1` hard link, `2` symbolic link, `3` `4` `6` devices and pipes, `5` folder, `x` `g` `L` `K` extensions. */
  readonly type: string;
  readonly linkName: string;
}

export const BLOCK_BYTES = 512;
const CHECKSUM_START = 148;
const CHECKSUM_END = 156;
const SPACE = 0x20;

/** Reads a header block; undefined when its checksum is wrong, and when it is all zero. */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.length < BLOCK_BYTES) return undefined;
  const bytes = Buffer.from(block.buffer, block.byteOffset, BLOCK_BYTES);
  const declared = octal(bytes.subarray(CHECKSUM_START, CHECKSUM_END));
  let sum = 0;
  for (const [index, byte] of bytes.entries()) sum += index >= CHECKSUM_START && index < CHECKSUM_END ? SPACE : byte;
  const sizeBytes = number(bytes.subarray(124, 136));
  if (declared !== sum || sizeBytes === undefined || bytes[0] === 0) return undefined;
  const prefix = bytes.toString("latin1", 257, 262) === "ustar" ? text(bytes.subarray(345, 500)) : "";
  const isGnu = bytes.toString("latin1", 257, 265) === "ustar  \0";
  const name = text(bytes.subarray(0, 100));
  return {
    name: prefix !== "" && !isGnu ? `${prefix}/${name}` : name,
    sizeBytes,
    type: bytes[156] === 0 ? "0" : String.fromCharCode(bytes[156] as number),
    linkName: text(bytes.subarray(157, 257)),
  };
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

function octal(bytes: Buffer): number | undefined {
  const digits = text(bytes).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || "0", 8) : undefined;
}

/** A size: octal, or binary with the top bit set (GNU). */
function number(bytes: Buffer): number | undefined {
  if (((bytes[0] as number) & 0x80) === 0) return octal(bytes);
  let value = (bytes[0] as number) & 0x7f;
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The records of a pax extended header: `<length> <key>=<value>\n`. */
export function parsePax(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  const buffer = Buffer.from(bytes);
  for (let at = 0; at < buffer.length; ) {
    const length = Number.parseInt(buffer.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) break;
    const record = /^\d+ ([^=]+)=([\s\S]*)\n$/.exec(buffer.toString("utf8", at, at + length));
    if (record !== null) records.set(record[1] as string, record[2] as string);
    at += length;
  }
  return records;
}
