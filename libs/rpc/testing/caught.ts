import { RpcError } from "../src/rpc-error.ts";

/** The RpcError with which a call fails; throws when it succeeds or fails otherwise. */
export async function caught(call: Promise<unknown>): Promise<RpcError> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error(`the call succeeded: ${answer}`);
}

/** All that an iterable yields. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(values);
}

/** The values as a client streams them. */
export async function* each<T>(...values: T[]): AsyncGenerator<T> {
  yield* values;
}
