import { fail } from "@slipway/rpc";

/** What all calls of a process may keep of scores at once, as the proto says. */
const MAXIMUM_BYTES = 512 * 1024 * 1024;

/** One call's part. */
export interface MemoryShare {
  /** From now on the call holds so many bytes; throws PREDICTIONS_MEMORY_FULL where there are not so many left. */
  hold(bytes: number): void;
  /** It holds nothing any more. */
  release(): void;
}

/** Sees to it that predictions that are streamed at once do not take more memory than there is. */
export class PredictionMemory {
  #heldBytes = 0;
  readonly #maximumBytes: number;

  constructor(maximumBytes = MAXIMUM_BYTES) {
    this.#maximumBytes = maximumBytes;
  }

  share(): MemoryShare {
    let held = 0;
    const hold = (bytes: number): void => {
      const others = this.#heldBytes - held;
      if (others + bytes > this.#maximumBytes) throw fail("PREDICTIONS_MEMORY_FULL");
      this.#heldBytes = others + bytes;
      held = bytes;
    };
    return { hold, release: () => hold(0) };
  }
}
