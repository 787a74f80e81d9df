import { createHash } from "node:crypto";
import { join } from "node:path";

/*
 * The tree of the file adapter, drawn once. Names in <> come from the key.
 *
 *   FOLDER/
 *     objects-v1/
 *       <tenant>/
 *         +3f/<name>                  the object  <tenant>/<name>
 *         <part>/
 *           +a0/<name>                the object  <tenant>/<part>/<name>
 *     temporary-v1/
 *       <scope>.<pid>.<start>.<uid>/  one open instance (temporary-owner.ts)
 *         <n>                         an object that is being written
 *
 * The two digits after `+` begin the SHA-256 of the last part, so that names which all begin alike (UUIDv7) spread
 * over 256 folders: 10 million objects are 40,000 a folder. `+` is in no key, so an object and a longer key below
 * its name never meet. A change of this tree gets another `-v`.
 */
const SHARD = /^\+[0-9a-f]{2}$/;

export function objectsFolder(folder: string): string {
  return join(folder, "objects-v1");
}

export function temporaryFolder(folder: string): string {
  return join(folder, "temporary-v1");
}

/** The folders from `objectsFolder` down to the shard of the key, outermost first, and the object's own path. */
export function objectPath(folder: string, keyParts: readonly string[]): { folders: string[]; path: string } {
  const name = keyParts[keyParts.length - 1] ?? "";
  const shard = `+${createHash("sha256").update(name).digest("hex").slice(0, 2)}`;
  const folders: string[] = [];
  let current = objectsFolder(folder);
  for (const part of [...keyParts.slice(0, -1), shard]) {
    current = join(current, part);
    folders.push(current);
  }
  return { folders, path: join(current, name) };
}

/** Whether a folder name inside `objectsFolder` is a shard (it holds objects) or a part of longer keys. */
export function isShard(folderName: string): boolean {
  return SHARD.test(folderName);
}
