import type { CallContext } from "./call-context.ts";

/**
 * Wraps a call of any of the four kinds. `next` runs the rest of the chain and the handler; it settles when the handler
 * is over and, for streams, when its last response was handed to the transport. Throw instead of calling it to refuse.
 */
export type Interceptor = (context: CallContext, next: () => Promise<void>) => Promise<void>;

/** One interceptor out of many; the first is the outermost. */
export function chain(interceptors: readonly Interceptor[]): Interceptor {
  return (context, next) => {
    const run = (index: number): Promise<void> => {
      const interceptor = interceptors[index];
      return interceptor === undefined ? next() : interceptor(context, () => run(index + 1));
    };
    return run(0);
  };
}
