import { mkdir, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Clock, type Ids, systemClock, systemIds } from "@slipway/runtime";
import { FolderSync } from "./filesystem/folder-sync.ts";
import { listObjects, sizeOf } from "./filesystem/list-objects.ts";
import { objectPath, objectsFolder, temporaryFolder } from "./filesystem/paths.ts";
import { putObject } from "./filesystem/put-object.ts";
import { readPieces, readWhole } from "./filesystem/read-object.ts";
import { TemporaryFiles } from "./filesystem/temporary-files.ts";
import { systemCode, translateError } from "./filesystem/translate-error.ts";
import { checkObjectBytes, parseKey, parsePrefix } from "./object-key.ts";
import type { ByteRange, ObjectEntry, ObjectStore } from "./object-store.ts";
import { ObjectStoreError } from "./object-store-error.ts";

/** Leftovers are small and rare; once an hour is enough, besides each start. */
const SWEEP_EVERY_MS = 60 * 60 * 1000;

export interface FileObjectsOptions {
  /** Made when it is missing. Several instances and processes may use one folder; its disk must have hard links. */
  folder: string;
  clock?: Clock;
  ids?: Ids;
  /** Told when the hourly removal of leftover temporary files fails; the default is a process warning. */
  onSweepFailure?: (error: ObjectStoreError) => void;
}

/**
 * Objects as files. A put writes a temporary file, syncs it, links it under its final name and syncs the folder;
 * puts that run at the same time share the syncs of folders. The tree is drawn in filesystem/paths.ts.
 */
export async function openFileObjects(options: FileObjectsOptions): Promise<ObjectStore> {
  const { folder, clock = systemClock, ids = systemIds, onSweepFailure } = options;
  try {
    const folderSync = new FolderSync();
    const made = await mkdir(folder, { recursive: true });
    await folderSync.makeDurable([objectsFolder(folder), temporaryFolder(folder)]);
    await syncNames(folder, made ?? folder, folderSync); // also when another instance has just made it
    const temporary = await TemporaryFiles.open(folder, clock, ids);
    await temporary.sweep();
    return new FileObjects(folder, temporary, folderSync, onSweepFailure ?? ((error) => process.emitWarning(error)));
  } catch (error) {
    throw translateError(error, `open the object store in ${folder}`);
  }
}

/** Makes the names of `folder` and of those above it durable, up to and including `outermost`. */
async function syncNames(folder: string, outermost: string, folderSync: FolderSync): Promise<void> {
  for (let current = resolve(folder); ; current = dirname(current)) {
    await folderSync.sync(dirname(current));
    if (current === resolve(outermost) || current === dirname(current)) return;
  }
}

class FileObjects implements ObjectStore {
  readonly #folder: string;
  readonly #temporary: TemporaryFiles;
  readonly #folderSync: FolderSync;
  readonly #sweeper: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(
    folder: string,
    temporary: TemporaryFiles,
    folderSync: FolderSync,
    onSweepFailure: (error: ObjectStoreError) => void,
  ) {
    this.#folder = folder;
    this.#temporary = temporary;
    this.#folderSync = folderSync;
    this.#sweeper = setInterval(() => {
      this.#run("remove leftover temporary files", () => temporary.sweep()).catch(onSweepFailure);
    }, SWEEP_EVERY_MS).unref();
  }

  put(key: string, bytes: Uint8Array): Promise<"STORED" | "EXISTS"> {
    return this.#run(`write the object ${key}`, async () => {
      checkObjectBytes(key, bytes);
      const { folders, path } = objectPath(this.#folder, parseKey(key));
      try {
        await this.#folderSync.makeDurable(folders);
        const exists = (await sizeOf(path)) !== undefined;
        const outcome = exists ? "EXISTS" : await putObject(path, bytes, this.#temporary);
        await this.#folderSync.sync(dirname(path)); // also for EXISTS: who made it may not have come so far
        return outcome;
      } catch (error) {
        if (systemCode(error) === "ENOENT") this.#folderSync.forget(folders);
        throw error;
      }
    });
  }

  async *get(key: string, range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    this.#assertOpen();
    yield* readPieces(key, this.#pathOf(key), range);
  }

  read(key: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#run(`read the object ${key}`, () => readWhole(key, this.#pathOf(key), range));
  }

  stat(key: string): Promise<{ sizeBytes: number } | undefined> {
    return this.#run(`look up the object ${key}`, async () => {
      const sizeBytes = await sizeOf(this.#pathOf(key));
      return sizeBytes === undefined ? undefined : { sizeBytes };
    });
  }

  delete(key: string): Promise<void> {
    return this.#run(`delete the object ${key}`, async () => {
      const path = this.#pathOf(key);
      try {
        await unlink(path).catch((error: unknown) => {
          if (systemCode(error) !== "ENOENT") throw error;
        });
        await this.#folderSync.sync(dirname(path)); // also when it was gone: who removed it may not have come so far
      } catch (error) {
        if (systemCode(error) !== "ENOENT") throw error; // no such folder, so no such object
      }
    });
  }

  async *list(prefix: string): AsyncGenerator<ObjectEntry, void> {
    this.#assertOpen();
    const { parts, partial } = parsePrefix(prefix);
    try {
      yield* listObjects(this.#folder, parts, partial);
    } catch (error) {
      throw translateError(error, `list the objects under ${prefix}`);
    }
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      clearInterval(this.#sweeper);
      await Promise.allSettled(this.#underWay);
      await this.#temporary.close();
    })().catch((error: unknown) => {
      throw translateError(error, "close the object store");
    });
    return this.#closed;
  }

  #pathOf(key: string): string {
    return objectPath(this.#folder, parseKey(key)).path;
  }

  async #run<T>(doing: string, work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    const result = work();
    this.#underWay.add(result);
    try {
      return await result;
    } catch (error) {
      throw translateError(error, doing);
    } finally {
      this.#underWay.delete(result);
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new ObjectStoreError("UNAVAILABLE", "The object store is closed.");
  }
}
