import { fail } from "@slipway/rpc";

/** Holds the bytes of a file to the size that the client announced. */
export class ExpectedSize {
  readonly #path: string;
  readonly #expected: bigint | undefined;
  #actual: bigint;

  /** `startBytes` are there already; `expected` is undefined where the client did not say. */
  constructor(path: string, startBytes: number, expected: bigint | undefined) {
    this.#path = path;
    this.#actual = BigInt(startBytes);
    this.#expected = expected;
  }

  /** Passes the bytes on; fails with FILE_SIZE_MISMATCH as soon as there are too many. */
  async *count(data: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const piece of data) {
      this.#actual += BigInt(piece.byteLength);
      if (this.#expected !== undefined && this.#actual > this.#expected) throw this.#mismatch();
      yield piece;
    }
  }

  /** Fails with FILE_SIZE_MISMATCH when bytes are missing at the end. */
  checkEnd(): void {
    if (this.#expected !== undefined && this.#actual !== this.#expected) throw this.#mismatch();
  }

  #mismatch(): Error {
    const expected = this.#expected ?? 0n;
    return fail(
      "FILE_SIZE_MISMATCH",
      { path: this.#path, actual: this.#actual, expected },
      { field: "header.size_bytes" },
    );
  }
}
