import { releaseBuffer } from "@slipway/runtime";

/**
 * Bytes handed to grpc-js and not yet taken by the connection before a writer waits. The stream itself counts 16
 * messages, which for messages of 1 MiB would be 16 MiB a call.
 */
const MAX_PENDING_BYTES = 2 * 1024 * 1024;

/** Messages likewise, so that many small ones do not pile up. */
const MAX_PENDING_MESSAGES = 64;

/**
 * What a client may hold to send it once more although it said that the message is taken; larger ones it copies
 * before it says so, as the server does with all.
 */
export const MAX_RESENT_BYTES = 64 * 1024;

/** The side of a stream of grpc-js that is written to. */
export interface Sink {
  write(message: Buffer, taken: () => void): unknown;
  end(): unknown;
}

/** Writes messages to a stream of grpc-js no faster than the connection takes them. */
export class Writer {
  readonly #stream: Sink;
  #pendingBytes = 0;
  #pendingMessages = 0;
  #waiting: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
  #stopped: { reason: unknown } | undefined;

  constructor(stream: Sink) {
    this.#stream = stream;
  }

  /**
   * Undefined when the next message may follow at once, else a promise for when it may. Rejects once stopped. Takes the
   * memory of a large message over, and gives it back as soon as the connection has a copy: left to the garbage
   * collector, a byte stream would make it work twice as often.
   */
  write(message: Buffer): Promise<void> | undefined {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped.reason);
    const { byteLength } = message;
    this.#pendingBytes += byteLength;
    this.#pendingMessages += 1;
    this.#stream.write(message, () => {
      release(message);
      this.#taken(byteLength);
    });
    if (!this.#full()) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** The call is over or cancelled: nobody takes bytes any more. */
  stop(reason: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { reason };
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }

  #taken(byteLength: number): void {
    this.#pendingBytes -= byteLength;
    this.#pendingMessages -= 1;
    if (this.#waiting === undefined || this.#full()) return;
    this.#waiting.resolve();
    this.#waiting = undefined;
  }

  #full(): boolean {
    return this.#pendingBytes >= MAX_PENDING_BYTES || this.#pendingMessages >= MAX_PENDING_MESSAGES;
  }
}

function release({ buffer, byteLength }: Buffer): void {
  if (byteLength > MAX_RESENT_BYTES && buffer.byteLength === byteLength) releaseBuffer(buffer);
}
