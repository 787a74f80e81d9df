import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodClientStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { CallOptions } from "./call-options.ts";
import { fail } from "./fail.ts";
import type { Transport } from "./transport.ts";

type ClientMethod<M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
          : never;

/** The methods of a service as functions, named as in the proto with a small first letter. */
export type Client<S extends DescService> = { [K in keyof S["method"]]: ClientMethod<S["method"][K]> };

/** A typed client of a service over a transport. */
export function createClient<S extends DescService>(service: S, transport: Transport): Client<S> {
  const client: Record<string, unknown> = {};
  for (const method of service.methods) client[method.localName] = callerFor(method, transport);
  return client as Client<S>;
}

function callerFor(method: DescMethod, transport: Transport): unknown {
  const { input } = method;
  switch (method.methodKind) {
    case "unary":
      return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
        transport.unary(method, create(input, request), options);
    case "server_streaming":
      return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
        transport.stream(method, only(create(input, request)), options);
    case "client_streaming":
      return async (requests: AsyncIterable<MessageInitShape<DescMessage>>, options: CallOptions = {}) => {
        let response: MessageShape<DescMessage> | undefined;
        for await (const message of transport.stream(method, createEach(input, requests), options)) response = message;
        if (response === undefined) throw fail("RESPONSE_MISSING", { method: method.name });
        return response;
      };
    case "bidi_streaming":
      return (requests: AsyncIterable<MessageInitShape<DescMessage>>, options: CallOptions = {}) =>
        transport.stream(method, createEach(input, requests), options);
  }
}

async function* only<T>(value: T): AsyncIterable<T> {
  yield value;
}

async function* createEach<I extends DescMessage>(
  input: I,
  requests: AsyncIterable<MessageInitShape<I>>,
): AsyncIterable<MessageShape<I>> {
  for await (const request of requests) yield create(input, request);
}
