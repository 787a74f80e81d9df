import { fail } from "@slipway/rpc";

/**
 * One writer per file within the process; across processes the file's revision decides. A writer whose client is gone
 * still finishes what is under way: the next one waits for it instead of being refused.
 */
export class FileLeases {
  readonly #held = new Map<string, { signal: AbortSignal; ended: Promise<void> }>();

  /** Runs `work` as the only writer of the file. Fails with UPLOAD_FILE_BUSY while another client writes it. */
  async hold<T>(key: string, path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let other = this.#held.get(key); other !== undefined; other = this.#held.get(key)) {
      if (!other.signal.aborted) throw fail("UPLOAD_FILE_BUSY", { path });
      await other.ended;
    }
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#held.set(key, { signal, ended });
    try {
      return await work();
    } finally {
      this.#held.delete(key);
      resolve();
    }
  }
}
