const NOTHING = new Uint8Array(0);

/** Where a cursor gets its bytes: piece by piece, in order. */
export interface Feed {
  /** The next piece, never empty; undefined at the end. */
  pull(): Promise<Uint8Array | undefined>;
  /** Passes over bytes without reading them where that is possible; returns how many were passed over. */
  skip?(lengthBytes: number): Promise<number>;
  /** Gives up what the feed holds. */
  close?(): void;
}

/** Reads bytes in order through a small window. What is in the window is read without waiting. */
export class Cursor {
  /** Bytes that are buffered and not consumed yet start at `index` of `window`. */
  window: Uint8Array = NOTHING;
  index = 0;
  readonly #feed: Feed;
  #consumedBefore = 0;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** Bytes consumed so far. */
  get position(): number {
    return this.#consumedBefore + this.index;
  }

  /** Bytes that can be read without waiting. */
  get buffered(): number {
    return this.window.length - this.index;
  }

  /** Makes at least `lengthBytes` buffered; false when the content ends before. Keep `lengthBytes` bounded. */
  async fill(lengthBytes: number): Promise<boolean> {
    if (this.buffered >= lengthBytes) return true;
    const pieces = [this.window.subarray(this.index)];
    let total = this.buffered;
    while (total < lengthBytes) {
      const piece = await this.#feed.pull();
      if (piece === undefined) break;
      pieces.push(piece);
      total += piece.length;
    }
    this.#consumedBefore += this.index;
    this.index = 0;
    this.window = pieces[0]?.length === 0 && pieces.length === 2 ? (pieces[1] as Uint8Array) : joined(pieces, total);
    return total >= lengthBytes;
  }

  /** True when every byte was consumed. */
  async atEnd(): Promise<boolean> {
    return !(await this.fill(1));
  }

  /** Consumes `lengthBytes`; undefined when the content ends before (nothing is consumed then). */
  async take(lengthBytes: number): Promise<Uint8Array | undefined> {
    if (!(await this.fill(lengthBytes))) return undefined;
    const bytes = this.window.subarray(this.index, this.index + lengthBytes);
    this.index += lengthBytes;
    return bytes;
  }

  /** Consumes `lengthBytes` without keeping them; false when the content ends before. */
  async skip(lengthBytes: number): Promise<boolean> {
    let left = lengthBytes;
    for (;;) {
      const here = Math.min(left, this.buffered);
      this.index += here;
      left -= here;
      if (left === 0) return true;
      if (this.#feed.skip) {
        const passed = await this.#feed.skip(left);
        this.#consumedBefore += passed;
        return passed === left;
      }
      if (!(await this.fill(1))) return false;
    }
  }

  /** Gives up what the cursor holds. */
  close(): void {
    this.#feed.close?.();
  }
}

function joined(pieces: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
