import { hash } from "node:crypto";
import { Cutter } from "../cutter.ts";
import type { ChunkMemory } from "./chunk-memory.ts";

/** A chunk in a buffer of its own: its first `length` bytes. */
export interface BuiltChunk {
  sha256: string;
  buffer: ArrayBuffer;
  length: number;
}

const NOTHING = Buffer.alloc(0);

/** Cuts one file that arrives in pieces, and copies the pieces together into chunks. */
export class ChunkBuilder {
  readonly #cutter = new Cutter();
  readonly #memory: ChunkMemory;
  #chunk = NOTHING;
  #length = 0;

  constructor(memory: ChunkMemory) {
    this.#memory = memory;
  }

  /** Takes the next bytes of the file, which may be reused after; returns the chunks that end in them, lazily. */
  *add(bytes: Buffer<SharedArrayBuffer>): Generator<BuiltChunk, void> {
    let from = 0;
    for (let end = this.#cutter.next(bytes, 0); end !== -1; end = this.#cutter.next(bytes, end)) {
      this.#append(bytes.subarray(from, end));
      yield this.#build();
      from = end;
    }
    this.#append(bytes.subarray(from));
  }

  /** The last chunk of the file, or undefined when the file ended with a cut or is empty. */
  end(): BuiltChunk | undefined {
    return this.#length === 0 ? undefined : this.#build();
  }

  #append(bytes: Buffer<SharedArrayBuffer>): void {
    const length = this.#length + bytes.length;
    if (length > this.#chunk.length) {
      const larger = this.#memory.take(length);
      larger.set(this.#chunk.subarray(0, this.#length));
      this.#memory.giveBack(this.#chunk.buffer);
      this.#chunk = larger;
    }
    this.#chunk.fill(bytes, this.#length, length);
    this.#length = length;
  }

  #build(): BuiltChunk {
    const bytes = this.#chunk.subarray(0, this.#length);
    this.#chunk = NOTHING;
    this.#length = 0;
    return { sha256: hash("sha256", bytes, "hex"), buffer: bytes.buffer, length: bytes.length };
  }
}
