import type { Cursor } from "../bytes/cursor.ts";

/** The bytes are no protobuf message. */
export class WireFault extends Error {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(what);
    this.offset = offset;
  }
}

/** One field. For a length-delimited one the cursor stands at the first of its `lengthBytes`. */
export interface WireField {
  readonly number: number;
  readonly kind: "varint" | "fixed" | "bytes";
  /** The number of a varint, read as int64; 0 for the other kinds. */
  readonly value: bigint;
  readonly lengthBytes: number;
}

/** Consumes nothing, a part or the whole of a length-delimited field, and not more. */
export type FieldHandler = (field: WireField) => unknown;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const LONGEST_VARINT_BYTES = 10;

/** Reads protobuf's wire format field by field from a cursor, so that big fields are passed over without loading them. */
export class WireReader {
  readonly cursor: Cursor;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /**
   * Calls the handler of each field's number (or the one handler for all), in the order of the fields, and passes over
   * what it did not consume. `message` is the field that holds the message; undefined: the whole content. Throws a
   * WireFault.
   */
  async each(
    message: WireField | undefined,
    handlers: FieldHandler | Readonly<Record<number, FieldHandler>>,
  ): Promise<void> {
    const end = message === undefined ? Number.POSITIVE_INFINITY : this.cursor.position + message.lengthBytes;
    for (let field = await this.#next(end); field !== undefined; field = await this.#next(end)) {
      const fieldEnd = this.cursor.position + field.lengthBytes;
      await (typeof handlers === "function" ? handlers : handlers[field.number])?.(field);
      if (!(await this.cursor.skip(fieldEnd - this.cursor.position))) {
        throw new WireFault("a field is cut off", this.cursor.position);
      }
    }
  }

  async #next(end: number): Promise<WireField | undefined> {
    if (this.cursor.position >= end || (end === Number.POSITIVE_INFINITY && (await this.cursor.atEnd()))) {
      return undefined;
    }
    const start = this.cursor.position;
    const tag = Number(await this.#varint());
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 536_870_911) throw new WireFault(`${number} is no field number`, start);
    const field = await this.#field(number, tag % 8, start);
    if (this.cursor.position + field.lengthBytes > end) throw new WireFault("a field ends behind its message", start);
    return field;
  }

  async #field(number: number, wireType: number, start: number): Promise<WireField> {
    switch (wireType) {
      case VARINT:
        return { number, kind: "varint", value: BigInt.asIntN(64, await this.#varint()), lengthBytes: 0 };
      case FIXED64:
      case FIXED32: {
        const sizeBytes = wireType === FIXED64 ? 8 : 4;
        if ((await this.cursor.take(sizeBytes)) === undefined) throw new WireFault("a field is cut off", start);
        return { number, kind: "fixed", value: 0n, lengthBytes: 0 };
      }
      case LENGTH_DELIMITED:
        return { number, kind: "bytes", value: 0n, lengthBytes: Number(await this.#varint()) };
      default:
        throw new WireFault(`${wireType} is no wire type`, start);
    }
  }

  /** The bytes of a field, at most `mostBytes` of them. */
  async bytes(field: WireField, mostBytes: number): Promise<Uint8Array> {
    const start = this.cursor.position;
    const bytes = await this.cursor.take(Math.min(field.lengthBytes, mostBytes));
    if (bytes === undefined) throw new WireFault("a field is cut off", start);
    return bytes.slice();
  }

  /** The text of a field, at most 4,096 bytes of it. */
  async text(field: WireField): Promise<string> {
    return Buffer.from(await this.bytes(field, 4096)).toString("utf8");
  }

  async #varint(): Promise<bigint> {
    const { cursor } = this;
    await cursor.fill(LONGEST_VARINT_BYTES);
    let value = 0n;
    let small = 0;
    for (let place = 0; place < LONGEST_VARINT_BYTES; place++) {
      const byte = cursor.window[cursor.index];
      if (byte === undefined) throw new WireFault("a number is cut off", cursor.position);
      cursor.index += 1;
      if (place < 4) small += (byte & 0x7f) * 2 ** (7 * place);
      else value += BigInt(byte & 0x7f) << BigInt(7 * place);
      if (byte < 0x80) return place < 4 ? BigInt(small) : value + BigInt(small);
    }
    throw new WireFault("a number is longer than ten bytes", cursor.position);
  }
}
