import { type Sink, Writer } from "./writer.ts";

/** Sends what an iterable yields on a call, in the background, until the call is over. */
export class RequestPump {
  readonly #iterator: AsyncIterator<Buffer>;
  readonly #writer: Writer;
  #failure: { error: unknown } | undefined;
  #stopped = false;

  /** `abandon` cancels the call when the iterable fails; its error is in `failure` from then on. */
  constructor(requests: AsyncIterable<Buffer>, call: Sink, abandon: () => void) {
    this.#iterator = requests[Symbol.asyncIterator]();
    this.#writer = new Writer(call);
    this.#run(call).catch((error: unknown) => {
      if (this.#stopped) return;
      this.#failure = { error };
      abandon();
    });
  }

  /** The error of the iterable, which is the caller's own. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** The call is over: the iterable is ended without waiting for it, since it may wait for something itself. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#writer.stop(new Error("the call is over"));
    this.#iterator.return?.().catch(() => undefined);
  }

  async #run(call: Sink): Promise<void> {
    for (;;) {
      const { done, value } = await this.#iterator.next();
      if (this.#stopped) return;
      if (done === true) break;
      await this.#writer.write(value);
    }
    call.end();
  }
}
