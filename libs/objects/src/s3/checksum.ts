import { crc32 } from "node:zlib";

/** The header in which a put tells what it sends, and a read of a whole object is told what was put. */
export const CHECKSUM = "x-amz-checksum-crc32";

/** Makes a read ask for it. */
export const ASK_FOR_CHECKSUM = { "x-amz-checksum-mode": "ENABLED" };

/** A CRC-32, which costs a fifth of an SHA-256. Against accidents; what the bytes mean is proven by their digests. */
export class Checksum {
  #value = 0;

  add(bytes: Uint8Array): this {
    this.#value = crc32(bytes, this.#value);
    return this;
  }

  /** As S3 writes it: big-endian, in base64. */
  get text(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes.toString("base64");
  }
}
