/** 1 MiB: as large as the messages in which uploads arrive, and small enough for both caches and fairness. */
export const SLOT_BYTES = 1024 * 1024;

/**
 * A fixed number of slots, memory that the main thread fills and the workers read. That there are no more of them is
 * what keeps the memory of any number of uploads constant.
 */
export class Slots {
  readonly memory: SharedArrayBuffer;
  readonly #free: number[];
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(count: number) {
    this.memory = new SharedArrayBuffer(count * SLOT_BYTES);
    this.#free = Array.from({ length: count }, (_, n) => count - 1 - n);
  }

  /** A free slot, in the order in which they were asked for. Give it back with `release`. */
  async acquire(): Promise<number> {
    const slot = this.#free.pop(); // the one used last, so that idle ones never become resident
    if (slot !== undefined) return slot;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.push(resolve);
    return await promise;
  }

  release(slot: number): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next(slot);
  }
}

/**
 * The bytes of a slot; `memory` is that of `Slots`, in whichever thread. Copy into it and out of it with `fill`: `set`,
 * and `copy` where it ends in `set`, move shared memory word by word or even bytewise, which takes five to ten times as
 * long (Node 24).
 */
export function slotBytes(memory: SharedArrayBuffer, slot: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(memory, slot * SLOT_BYTES, SLOT_BYTES);
}
