/** Begins the tasks in their order, at most `width` at once; gives a promise for each. */
export function sideBySide<T>(width: number, tasks: readonly (() => Promise<T>)[]): Promise<T>[] {
  const results = tasks.map(() => Promise.withResolvers<T>());
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      const index = next++;
      const [task, result] = [tasks[index], results[index]];
      await task?.().then(result?.resolve, result?.reject);
    }
  };
  for (let worker = 0; worker < width; worker += 1) void work();
  return results.map(({ promise }) => {
    // Whoever asks for it learns of the failure, which may come before.
    promise.catch(() => undefined);
    return promise;
  });
}
