import type { StoredRun } from "./run-record.ts";

type Listener = (changed: StoredRun) => void;

/** Tells those in this process who wait for a run that it was changed here. Other processes' changes are looked for. */
export class RunChanges {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Returns the function that ends the subscription. */
  listen(uid: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(uid) ?? new Set();
    this.#listeners.set(uid, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(uid) === listeners) this.#listeners.delete(uid);
    };
  }

  tell(changed: StoredRun): void {
    for (const listener of [...(this.#listeners.get(changed.record.run.uid) ?? [])]) listener(changed);
  }
}
