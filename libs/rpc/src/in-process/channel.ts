import { Turns } from "./turns.ts";

/** Hands values from one writer to one reader, one at a time: the writer waits until the reader has asked. */
export class Channel<T> implements AsyncIterable<T> {
  #waiting: { value: T; taken: () => void; refused: (reason: unknown) => void } | undefined;
  #wanting: { resolve: (result: IteratorResult<T>) => void; reject: (reason: unknown) => void } | undefined;
  readonly #turns = new Turns();
  #end: { error?: unknown } | undefined;

  /** Resolves when the reader took the value; rejects with the reason of `stop`. One call at a time. */
  async send(value: T): Promise<void> {
    await this.#turns.due();
    await this.#hand(value);
  }

  #hand(value: T): Promise<void> {
    if (this.#end !== undefined) return Promise.reject(this.#end.error);
    if (this.#wanting !== undefined) {
      this.#wanting.resolve({ done: false, value });
      this.#wanting = undefined;
      return Promise.resolve();
    }
    return new Promise((taken, refused) => {
      this.#waiting = { value, taken, refused };
    });
  }

  /** No more values; the reader comes to the end. */
  finish(): void {
    this.#stop({});
  }

  /** The reader, and a writer that waits, fail with the error. */
  fail(error: unknown): void {
    this.#stop({ error });
  }

  #stop(end: { error?: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#waiting?.refused(end.error);
    this.#waiting = undefined;
    if ("error" in end) this.#wanting?.reject(end.error);
    else this.#wanting?.resolve({ done: true, value: undefined });
    this.#wanting = undefined;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#waiting !== undefined) {
      const { value, taken } = this.#waiting;
      this.#waiting = undefined;
      taken();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end !== undefined) {
      return "error" in this.#end ? Promise.reject(this.#end.error) : Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve, reject) => {
      this.#wanting = { resolve, reject };
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.next() };
  }
}
