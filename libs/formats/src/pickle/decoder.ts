import type { Cursor } from "../bytes/cursor.ts";
import { Refusal } from "../refusal.ts";
import { type ArgumentKind, argumentKinds } from "./opcodes.ts";

/** Texts up to this many bytes are kept; imports are never longer. */
const KEPT_BYTES = 512;
/** A line that is still open after this many bytes is passed over without being kept. */
const LONGEST_LINE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Cuts a pickle into operations. The last operation stands in the fields, which are overwritten by the next one: a
 * pickle has many millions of them.
 */
export class Decoder {
  readonly cursor: Cursor;
  code = 0;
  offset = 0;
  /** The number of a numeric argument. */
  integer = 0;
  /** The text of a text or line argument; undefined when it is too long to be kept, or is data. */
  text: string | undefined;
  /** The second line of GLOBAL and INST. */
  secondText: string | undefined;
  #skipBytes = 0;
  #openLine = false;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /** Decodes the next operation; false at the end of the content. Throws a Refusal `pickle.malformed`. */
  async next(): Promise<boolean> {
    for (;;) {
      const neededBytes = this.decodeBuffered();
      if (neededBytes === 0) break;
      if (await this.cursor.fill(neededBytes)) continue;
      if (neededBytes === 1) return false;
      throw this.#malformed("it ends inside an instruction");
    }
    if (this.hasRest) await this.passRest();
    return true;
  }

  /** True when the operation's argument has bytes that were too many to keep: call passRest before going on. */
  get hasRest(): boolean {
    return this.#skipBytes > 0 || this.#openLine;
  }

  /** Passes over the rest of a long argument. */
  async passRest(): Promise<void> {
    if (this.#skipBytes > 0 && !(await this.cursor.skip(this.#skipBytes))) {
      throw this.#malformed("it ends inside an instruction");
    }
    while (this.#openLine) {
      if (!(await this.cursor.fill(1))) throw this.#malformed("it ends inside an instruction");
      const end = this.cursor.window.indexOf(NEWLINE, this.cursor.index);
      this.cursor.index = end < 0 ? this.cursor.window.length : end + 1;
      this.#openLine = end < 0;
    }
  }

  /** Decodes the next operation from what is buffered; returns 0, or how many bytes must be buffered first. */
  decodeBuffered(): number {
    const { cursor } = this;
    this.#skipBytes = 0;
    if (cursor.buffered === 0) return 1;
    this.offset = cursor.position;
    this.code = cursor.window[cursor.index] as number;
    const kind = argumentKinds[this.code];
    if (kind === undefined) throw this.#malformed(`0x${this.code.toString(16)} is no instruction`);
    if (kind === "none") {
      cursor.index += 1;
      return 0;
    }
    return this.#decodeArgument(kind);
  }

  #decodeArgument(kind: ArgumentKind): number {
    switch (kind) {
      case "uint1":
      case "uint2":
      case "uint4":
      case "int4":
        return this.#fixed(kind === "uint1" ? 1 : kind === "uint2" ? 2 : 4, kind === "int4");
      case "float8":
      case "frame":
        return this.#fixed(8, false);
      case "line":
        return this.#lines(1);
      case "two-lines":
        return this.#lines(2);
      default:
        return this.#counted(kind);
    }
  }

  #fixed(sizeBytes: number, signed: boolean): number {
    const { cursor } = this;
    if (cursor.buffered < 1 + sizeBytes) return 1 + sizeBytes;
    this.integer = this.#number(cursor.index + 1, sizeBytes, signed);
    cursor.index += 1 + sizeBytes;
    return 0;
  }

  #number(at: number, sizeBytes: number, signed: boolean): number {
    const { window } = this.cursor;
    let value = 0;
    for (let place = sizeBytes - 1; place >= 0; place--) value = value * 256 + (window[at + place] as number);
    return signed && value >= 2 ** (sizeBytes * 8 - 1) ? value - 2 ** (sizeBytes * 8) : value;
  }

  #counted(kind: ArgumentKind): number {
    const { cursor } = this;
    const countBytes = Number(kind.at(-1) === "1" ? 1 : kind.at(-1) === "4" ? 4 : 8);
    if (cursor.buffered < 1 + countBytes) return 1 + countBytes;
    const signed = kind === "latin4" || kind === "long4";
    const count = this.#number(cursor.index + 1, countBytes, signed);
    if (count < 0 || count > Number.MAX_SAFE_INTEGER) throw this.#malformed("an argument has an impossible length");
    const start = cursor.index + 1 + countBytes;
    this.text = undefined;
    this.integer = Number.NaN;
    if (kind.startsWith("data") || count > KEPT_BYTES) {
      cursor.index = start;
      this.#skipBytes = count;
      return 0;
    }
    if (cursor.buffered < 1 + countBytes + count) return 1 + countBytes + count;
    const bytes = Buffer.from(cursor.window.buffer, cursor.window.byteOffset + start, count);
    if (kind.startsWith("long")) this.integer = littleEndian(bytes);
    else this.text = bytes.toString(kind.startsWith("latin") ? "latin1" : "utf8");
    cursor.index = start + count;
    return 0;
  }

  #lines(count: 1 | 2): number {
    const { cursor } = this;
    const { window } = cursor;
    const texts: string[] = [];
    let start = cursor.index + 1;
    for (let line = 0; line < count; line++) {
      const end = window.indexOf(NEWLINE, start);
      if (end < 0) return this.#openEnded(count);
      texts.push(Buffer.from(window.buffer, window.byteOffset + start, end - start).toString("utf8"));
      start = end + 1;
    }
    cursor.index = start;
    this.text = texts[0];
    this.secondText = texts[1];
    return 0;
  }

  #openEnded(count: 1 | 2): number {
    const { cursor } = this;
    if (cursor.buffered < LONGEST_LINE_BYTES) return cursor.buffered + 1;
    if (count === 2) throw this.#malformed("the name of an import is longer than 64 KiB");
    this.text = undefined;
    this.#openLine = true;
    cursor.index += 1;
    return 0;
  }

  #malformed(what: string): Refusal {
    return new Refusal("pickle.malformed", `the pickle is damaged: ${what}`, this.offset);
  }
}

/** The number of a LONG; NaN beyond what a shape or a size can be. */
function littleEndian(bytes: Buffer): number {
  if (bytes.length === 0) return 0;
  return bytes.length <= 6 ? bytes.readIntLE(0, bytes.length) : Number.NaN;
}
