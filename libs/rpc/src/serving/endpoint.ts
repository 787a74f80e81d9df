import { create, type DescMessage, type DescMethod, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import type { CallContext } from "../call-context.ts";
import { codecOf } from "../codec/codec.ts";
import { fail } from "../fail.ts";
import type { AnyHandler } from "../handlers.ts";
import { type Interceptor, runThrough } from "../interceptor.ts";
import type { Call } from "./call.ts";
import { toRpcError } from "./to-rpc-error.ts";
import { validate } from "./validate.ts";

/** Takes the bytes of a response; a promise is to be awaited before the next one. Rejects once the call is cancelled. */
export type Send = (response: Buffer) => Promise<void> | undefined;

type Init = MessageInitShape<DescMessage>;
type UnaryHandler = (request: Message, context: CallContext) => Promise<Init>;
type ClientStreamHandler = (requests: AsyncIterable<Message>, context: CallContext) => Promise<Init>;
type ServerStreamHandler = (request: Message, context: CallContext) => AsyncIterable<Init>;
type BidiHandler = (requests: AsyncIterable<Message>, context: CallContext) => AsyncIterable<Init>;

/**
 * One method, ready to answer calls of any transport in bytes: interceptors, decoding, validation, handler, encoding.
 * All errors that come out are RpcError.
 */
export class Endpoint {
  readonly method: DescMethod;
  readonly #handler: AnyHandler;
  readonly #interceptors: readonly Interceptor[];
  readonly #maxReceiveBytes: number;

  constructor(method: DescMethod, handler: AnyHandler, interceptors: readonly Interceptor[], maxReceiveBytes: number) {
    this.method = method;
    this.#handler = handler;
    this.#interceptors = interceptors;
    this.#maxReceiveBytes = maxReceiveBytes;
  }

  /** Answers a call of the unary kind. */
  async unary(call: Call, request: Uint8Array): Promise<Buffer> {
    let response: Buffer | undefined;
    await this.#intercepted(call, async () => {
      const handler = this.#handler as UnaryHandler;
      response = this.#encode(await handler(this.#decode(request) as never, call));
    });
    // An interceptor that neither threw nor called next left nothing to answer with.
    if (response === undefined) throw fail("RESPONSE_MISSING", { method: this.method.name });
    return response;
  }

  /** Answers a call of the three other kinds. */
  async stream(call: Call, requests: AsyncIterable<Uint8Array>, send: Send): Promise<void> {
    await this.#intercepted(call, () => this.#answer(call, requests, send));
  }

  async #intercepted(call: Call, last: () => Promise<void>): Promise<void> {
    try {
      await runThrough(this.#interceptors, call, last);
    } catch (error) {
      throw toRpcError(error, call);
    } finally {
      call.end();
    }
  }

  async #answer(call: Call, requests: AsyncIterable<Uint8Array>, send: Send): Promise<void> {
    switch (this.method.methodKind) {
      case "client_streaming": {
        const handler = this.#handler as ClientStreamHandler;
        await send(this.#encode(await handler(this.#decodeEach(requests), call)));
        break;
      }
      case "server_streaming": {
        const handler = this.#handler as ServerStreamHandler;
        await this.#sendEach(call, handler(await this.#only(requests), call), send);
        break;
      }
      default: {
        const handler = this.#handler as BidiHandler;
        await this.#sendEach(call, handler(this.#decodeEach(requests), call), send);
      }
    }
  }

  /** Sends what a handler yields. The handler is ended (its finally runs) when the call is cancelled. */
  async #sendEach(call: Call, responses: AsyncIterable<Init>, send: Send): Promise<void> {
    const iterator = responses[Symbol.asyncIterator]();
    const { signal } = call;
    const stop = () => {
      // For iterators that are no generators: a pending next() is woken. A generator takes it after its next yield.
      iterator.return?.().catch((error: unknown) => call.log.debug({ err: error }, "ended by cancellation"));
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        const { done, value } = await iterator.next();
        signal.throwIfAborted();
        if (done === true) return;
        try {
          await send(this.#encode(value));
        } catch (error) {
          await iterator.return?.();
          throw error;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async *#decodeEach(requests: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
    for await (const request of requests) yield this.#decode(request);
  }

  async #only(requests: AsyncIterable<Uint8Array>): Promise<Message> {
    let only: Uint8Array | undefined;
    for await (const request of requests) {
      if (only !== undefined) throw fail("REQUEST_MALFORMED", { type: this.method.input.typeName });
      only = request;
    }
    if (only === undefined) throw fail("REQUEST_MALFORMED", { type: this.method.input.typeName });
    return this.#decode(only);
  }

  #decode(bytes: Uint8Array): Message {
    const { input } = this.method;
    if (bytes.byteLength > this.#maxReceiveBytes) {
      throw fail("MESSAGE_TOO_LARGE", { size_bytes: bytes.byteLength, limit_bytes: this.#maxReceiveBytes });
    }
    let message: Message;
    try {
      message = codecOf(input).decode(bytes);
    } catch (error) {
      throw fail("REQUEST_MALFORMED", { type: input.typeName }, { cause: error });
    }
    validate(input, message);
    return message;
  }

  #encode(response: Init): Buffer {
    const { output } = this.method;
    return codecOf(output).encode(create(output, response));
  }
}
