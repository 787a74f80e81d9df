import type { Budget } from "../budget.ts";
import type { Source } from "../bytes/source.ts";
import { type FromReader, LARGEST_READ_BYTES, type ToReader } from "./messages.ts";

/** Reads files through messages to the thread that has their FileReaders. */
export class RemoteFiles {
  readonly #send: (message: FromReader) => void;
  readonly #waiting = new Map<number, (bytes: Uint8Array) => void>();
  #lastId = 0;

  constructor(send: (message: FromReader) => void) {
    this.#send = send;
  }

  /** Takes the answer to a read. */
  receive({ id, bytes }: ToReader): void {
    this.#waiting.get(id)?.(bytes);
    this.#waiting.delete(id);
  }

  /** One file; every read is charged to the budget first. */
  source(file: number, sizeBytes: number, budget: Budget): Source {
    return {
      sizeBytes,
      read: async (offset, length) => {
        if (length === 0) return new Uint8Array(0);
        if (length > LARGEST_READ_BYTES) throw new RangeError(`a read of ${length} bytes`);
        budget.chargeRead(length);
        const id = ++this.#lastId;
        const { promise, resolve } = Promise.withResolvers<Uint8Array>();
        this.#waiting.set(id, resolve);
        this.#send({ kind: "read", id, file, offset, length });
        return promise;
      },
    };
  }
}
