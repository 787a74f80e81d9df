import { expect } from "chai";
import { type Sink, Writer } from "./writer.ts";

/** A stream that takes a message only when it is told to. */
class HeldSink implements Sink {
  readonly #taken: (() => void)[] = [];

  write(_message: Buffer, taken: () => void): void {
    this.#taken.push(taken);
  }

  take(): void {
    this.#taken.shift()?.();
  }

  end(): void {}
}

const LARGE_BYTES = 64 * 1024 + 1;

describe("Writer", () => {
  it("gives the memory of a large message back when it is taken, and not before", () => {
    const sink = new HeldSink();
    const writer = new Writer(sink);
    const [first, second] = [Buffer.alloc(LARGE_BYTES), Buffer.alloc(LARGE_BYTES)];
    void writer.write(first);
    void writer.write(second);
    sink.take();
    expect([first.byteLength, second.byteLength]).to.deep.equal([0, LARGE_BYTES]);
  });

  it("leaves alone what a client may send once more, and what is part of a larger memory", () => {
    const sink = new HeldSink();
    const writer = new Writer(sink);
    const small = Buffer.alloc(LARGE_BYTES - 1);
    const whole = Buffer.alloc(2 * LARGE_BYTES);
    void writer.write(small);
    void writer.write(whole.subarray(0, LARGE_BYTES));
    sink.take();
    sink.take();
    expect([small.byteLength, whole.byteLength]).to.deep.equal([LARGE_BYTES - 1, 2 * LARGE_BYTES]);
  });

  it("lets a writer go on when the bytes that wait are fewer than 2 MiB", async () => {
    const sink = new HeldSink();
    const writer = new Writer(sink);
    const mebibyte = 1024 * 1024;
    expect(writer.write(Buffer.alloc(mebibyte))).to.equal(undefined);
    const waiting = writer.write(Buffer.alloc(mebibyte));
    sink.take();
    await waiting;
  });
});
