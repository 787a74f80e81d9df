import type { Limits } from "./limits.ts";
import { Refusal } from "./refusal.ts";

/** What all files of one call may cost together. */
export class Budget {
  readonly #limits: Limits;
  #readBytes = 0;
  #inflatedBytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Charges bytes requested from a FileReader. Throws a Refusal `reader.read-limit`. */
  chargeRead(lengthBytes: number): void {
    if (this.#readBytes + lengthBytes > this.#limits.readBytes) {
      throw new Refusal("reader.read-limit", `more than ${this.#limits.readBytes} bytes would have to be read`);
    }
    this.#readBytes += lengthBytes;
  }

  /**
   * Charges a decompressed piece; the other two numbers are those of its whole stream so far. Throws a Refusal
   * `compression.bomb` or `reader.inflation-limit`.
   */
  chargeInflated(pieceBytes: number, producedBytes: number, compressedBytes: number): void {
    const { inflationFloorBytes, inflationRatio, inflatedBytes } = this.#limits;
    if (producedBytes > inflationFloorBytes && producedBytes > compressedBytes * inflationRatio) {
      throw new Refusal("compression.bomb", `${compressedBytes} bytes grow to more than ${producedBytes} bytes`);
    }
    this.#inflatedBytes += pieceBytes;
    if (this.#inflatedBytes > inflatedBytes) {
      throw new Refusal("reader.inflation-limit", `decompression gave more than ${inflatedBytes} bytes`);
    }
  }
}
