import type { DescMethod } from "@bufbuild/protobuf";
import type { CallContext } from "./call-context.ts";

/**
 * Wraps a call of any of the four kinds. `next` runs the rest of the chain and the handler; it settles when the handler
 * is over and, for streams, when its last response was handed to the transport. Throw instead of calling it to refuse.
 */
export interface Interceptor {
  (context: CallContext, next: () => Promise<void>): Promise<void>;
  /** Called once for each method before serving starts; throws to refuse the start. */
  prepare?(method: DescMethod): void;
}

/** Runs `last` inside the interceptors; the first is the outermost. */
export function runThrough(
  interceptors: readonly Interceptor[],
  context: CallContext,
  last: () => Promise<void>,
): Promise<void> {
  const run = (index: number): Promise<void> => {
    const interceptor = interceptors[index];
    return interceptor === undefined ? last() : interceptor(context, () => run(index + 1));
  };
  return run(0);
}
