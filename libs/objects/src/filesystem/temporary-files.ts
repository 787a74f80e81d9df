import { mkdir, readdir, rmdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Ids } from "@slipway/runtime";
import { temporaryFolder } from "./paths.ts";
import {
  currentOwner,
  isAlive,
  ownerFolderName,
  parseOwnerFolderName,
  type TemporaryOwner,
} from "./temporary-owner.ts";
import { systemCode } from "./translate-error.ts";

/**
 * An hour. Where it cannot be seen whether an owner lives, its files are removed when they were last written so long
 * ago: the longest put is minutes. If the owner was only frozen, its put fails and can be repeated.
 */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** The temporary files of one instance, in a folder of its own, and the removal of those that nobody owns any more. */
export class TemporaryFiles {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #owner: TemporaryOwner;
  readonly #own: string;
  #count = 0;

  static async open(folder: string, clock: Clock, ids: Ids): Promise<TemporaryFiles> {
    const owner = await currentOwner();
    const files = new TemporaryFiles(temporaryFolder(folder), clock, owner, ownerFolderName(owner, ids.uid()));
    await files.makeOwnFolder();
    return files;
  }

  private constructor(root: string, clock: Clock, owner: TemporaryOwner, ownName: string) {
    this.#root = root;
    this.#clock = clock;
    this.#owner = owner;
    this.#own = join(root, ownName);
  }

  /** A path for a new file; no other call gives it, in any process. */
  nextPath(): string {
    this.#count += 1;
    return join(this.#own, String(this.#count));
  }

  /** Not synced: what is lost with the power here is nobody's. */
  async makeOwnFolder(): Promise<void> {
    await mkdir(this.#own, { recursive: true });
  }

  /** Removes the files of owners that are gone. Other instances may do the same at the same time. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.#root)) {
      const owner = parseOwnerFolderName(name);
      const path = join(this.#root, name);
      if (owner === undefined || path === this.#own) continue;
      const alive = await isAlive(owner, this.#owner);
      if (alive !== true) await this.#removeFolder(path, alive === undefined);
    }
  }

  /** Removes the own folder; call it when no file of it is in use. */
  async close(): Promise<void> {
    await this.#removeFolder(this.#own, false);
  }

  async #removeFolder(folder: string, onlyAbandoned: boolean): Promise<void> {
    const names = await readdir(folder).catch(absent<string[]>([]));
    for (const path of [...names.map((name) => join(folder, name)), folder]) {
      if (onlyAbandoned && !(await this.#isAbandoned(path))) return;
      const remove = path === folder ? rmdir : unlink;
      await remove(path).catch(absent<void>(undefined));
    }
  }

  async #isAbandoned(path: string): Promise<boolean> {
    const entry = await stat(path).catch(absent(undefined));
    return entry === undefined || this.#clock.nowMs() - entry.mtimeMs > ABANDONED_AFTER_MS;
  }
}

/** Answers with a value instead when the path is gone, or is a folder that has just been filled again. */
function absent<T>(value: T): (error: unknown) => T {
  return (error) => {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTEMPTY") return value;
    throw error;
  };
}
