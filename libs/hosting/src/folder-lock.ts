import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another server has the folder. */
export class FolderInUse extends Error {
  override readonly name = "FolderInUse";
}

/**
 * Takes a folder for this process until it ends, however it ends: an exclusive transaction on a database file of its
 * own, whose lock the operating system drops with the process. Throws FolderInUse when another process has it.
 */
export function lockFolder(folder: string): Disposable {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "serve.lock"), { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new FolderInUse(
      `Another slipway server works in ${folder}. Stop it, or give this one a folder of its own with SLIPWAY_HOME.`,
      { cause: error },
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
