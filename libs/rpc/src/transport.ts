import type { DescMessage, DescMethod, MessageShape } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-options.ts";

/** A method of any kind with the types of its messages. */
export type TypedMethod<I extends DescMessage, O extends DescMessage> = DescMethod & {
  readonly input: I;
  readonly output: O;
};

/** Carries calls to a server. Errors are RpcError always. */
export interface Transport {
  /** Calls a method of the unary kind. */
  unary<I extends DescMessage, O extends DescMessage>(
    method: TypedMethod<I, O>,
    request: MessageShape<I>,
    options: CallOptions,
  ): Promise<MessageShape<O>>;
  /**
   * Calls a method of the three other kinds: any number of requests, any number of responses. The call starts when the
   * iteration starts; leaving the iteration early cancels it.
   */
  stream<I extends DescMessage, O extends DescMessage>(
    method: TypedMethod<I, O>,
    requests: AsyncIterable<MessageShape<I>>,
    options: CallOptions,
  ): AsyncIterable<MessageShape<O>>;
  /** Ends the connections; calls that run fail. */
  close(): void;
}
