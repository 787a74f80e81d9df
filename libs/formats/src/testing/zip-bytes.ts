import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip, and the lies that its headers tell about it. */
export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  readonly localName?: string;
  readonly flags?: number;
  readonly method?: number;
  readonly declaredBytes?: number;
  readonly checksum?: number;
  readonly isLink?: boolean;
  /** Use the bytes of the member with this index instead of own ones. */
  readonly sharesWith?: number;
  readonly bytesBefore?: Uint8Array;
}

/** How the whole is put together. */
export interface ZipOptions {
  readonly prefix?: Uint8Array;
  /** Offsets count from the start of the file, as if the prefix belonged to the zip. */
  readonly prefixCounted?: boolean;
  readonly entryCount?: number;
}

/** Writes a zip (APPNOTE.TXT 4.3). */
export function zip(members: readonly ZipMember[], options: ZipOptions = {}): Buffer {
  const prefix = Buffer.from(options.prefix ?? []);
  const base = options.prefixCounted === true ? prefix.length : 0;
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = base;
  for (const member of members) {
    const stored = member.deflated === true ? deflateRawSync(member.data) : Buffer.from(member.data);
    const head = header(member, stored);
    if (member.sharesWith === undefined) {
      const before = Buffer.from(member.bytesBefore ?? []);
      const local = Buffer.concat([before, localHeader(member, head), stored]);
      offsets.push(offset + before.length);
      locals.push(local);
      offset += local.length;
    } else {
      offsets.push(offsets[member.sharesWith] as number);
    }
    directory.push(directoryEntry(member, head, offsets.at(-1) as number));
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(options.entryCount ?? members.length, 8);
  end.writeUInt16LE(options.entryCount ?? members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([prefix, ...locals, central, end]);
}

/** The fields that both headers have: version, flags, method, time, date, checksum, sizes. */
function header(member: ZipMember, stored: Buffer): Buffer {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE((member.flags ?? 0) | 0x800, 2);
  head.writeUInt16LE(member.method ?? (member.deflated === true ? 8 : 0), 4);
  head.writeUInt32LE(member.checksum ?? crc32(member.data), 10);
  head.writeUInt32LE(stored.length, 14);
  head.writeUInt32LE(member.declaredBytes ?? member.data.length, 18);
  return head;
}

function localHeader(member: ZipMember, head: Buffer): Buffer {
  const name = Buffer.from(member.localName ?? member.name);
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(name.length);
  return Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), head, lengths, name]);
}

function directoryEntry(member: ZipMember, head: Buffer, offset: number): Buffer {
  const name = Buffer.from(member.name);
  const rest = Buffer.alloc(18);
  rest.writeUInt16LE(name.length, 0);
  rest.writeUInt32LE(member.isLink === true ? 0xa1ff0000 : 0, 10);
  rest.writeUInt32LE(offset, 14);
  return Buffer.concat([Buffer.from("PK\x01\x02\x14\x03", "latin1"), head, rest, name]);
}
