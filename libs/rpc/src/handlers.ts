import type {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CallContext } from "./call-context.ts";

/** The handler of one method; its shape follows from the kind of the method. */
export type Handler<M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => Promise<MessageInitShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (requests: AsyncIterable<MessageShape<I>>, context: CallContext) => Promise<MessageInitShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (requests: AsyncIterable<MessageShape<I>>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
          : never;

/** A handler for every method of a service, named as in the proto with a small first letter. */
export type Handlers<S extends DescService> = { [K in keyof S["method"]]: Handler<S["method"][K]> };

/** A service with its handlers, ready to be served by any transport. */
export interface Binding {
  readonly service: DescService;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

/** A handler whose kind is known from its method only. */
export type AnyHandler = (input: never, context: CallContext) => unknown;

/** Binds typed handlers to a service. Methods are called on the given object, so `this` is kept. */
export function bind<S extends DescService>(service: S, handlers: Handlers<S>): Binding {
  const bound: Record<string, AnyHandler> = {};
  for (const method of service.methods) {
    const handler: unknown = Reflect.get(handlers, method.localName);
    if (typeof handler !== "function") throw new TypeError(`${service.typeName}.${method.name} has no handler`);
    bound[method.localName] = handler.bind(handlers) as AnyHandler;
  }
  return { service, handlers: bound };
}
