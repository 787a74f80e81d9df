import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "./translate-error.ts";

/** Remembered folders; 65,536 paths are about 10 MiB. Forgetting costs some syncs, never safety. */
const MAX_REMEMBERED_FOLDERS = 65_536;

interface Round {
  promise: Promise<void>;
  started: boolean;
}

/** Makes names in folders durable. Requests that arrive while a folder is being synced share its next sync. */
export class FolderSync {
  readonly #rounds = new Map<string, Round>();
  readonly #durable = new Set<string>();

  /** Resolves after a sync of the folder that started after this call, so that it covers what the caller did. */
  sync(folder: string): Promise<void> {
    const last = this.#rounds.get(folder);
    if (last !== undefined && !last.started) return last.promise;
    const round: Round = { promise: Promise.resolve(), started: false };
    round.promise = this.#run(folder, round, last?.promise);
    this.#rounds.set(folder, round);
    return round.promise;
  }

  /**
   * Makes the folders, outermost first, and their names durable: `folders[0]` lies in a folder that exists. A folder
   * that another instance made is synced too, since that instance may not have come so far.
   */
  async makeDurable(folders: readonly string[]): Promise<void> {
    const innermost = folders[folders.length - 1];
    if (innermost === undefined || this.#durable.has(innermost)) return;
    for (const folder of folders) {
      await mkdir(folder).catch((error: unknown) => {
        if (systemCode(error) !== "EEXIST") throw error;
      });
    }
    const unknown = folders.filter((folder) => !this.#durable.has(folder));
    await Promise.all(unknown.map((folder) => this.sync(dirname(folder))));
    if (this.#durable.size + unknown.length > MAX_REMEMBERED_FOLDERS) this.#durable.clear();
    for (const folder of unknown) this.#durable.add(folder);
  }

  /** Forgets what is known of the folders, after one of them turned out to be gone. */
  forget(folders: readonly string[]): void {
    for (const folder of folders) this.#durable.delete(folder);
  }

  async #run(folder: string, round: Round, previous: Promise<void> | undefined): Promise<void> {
    await previous?.catch(() => undefined); // reported to those who waited for that round
    round.started = true;
    try {
      await using handle = await open(folder, "r");
      await handle.sync();
    } finally {
      if (this.#rounds.get(folder) === round) this.#rounds.delete(folder);
    }
  }
}
