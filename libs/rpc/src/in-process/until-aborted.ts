import { Turns } from "./turns.ts";

/** The values of an iterable until the signal aborts; then a reader that waits fails with the signal's reason at once. */
export async function* untilAborted<T>(values: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const turns = new Turns();
  const iterator = values[Symbol.asyncIterator]();
  // One listener for all waits: Promise.race against one promise would keep every value of a long stream alive.
  let refuse: ((reason: unknown) => void) | undefined;
  const onAbort = () => refuse?.(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        refuse = reject;
        iterator.next().then(resolve, reject);
      });
      if (result.done === true) return;
      yield result.value;
      await turns.due();
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Not awaited: the iterable may be waiting for something that never comes.
    iterator.return?.().catch(() => undefined);
  }
}
