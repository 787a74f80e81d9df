import { link, open, unlink } from "node:fs/promises";
import type { TemporaryFiles } from "./temporary-files.ts";
import { systemCode } from "./translate-error.ts";

/**
 * Puts a whole, synced file at `path` unless there is one; its name there is not yet durable. Links instead of
 * renaming, because a rename would replace what another instance has just put there.
 */
export async function putObject(
  path: string,
  bytes: Uint8Array,
  temporary: TemporaryFiles,
): Promise<"STORED" | "EXISTS"> {
  const temporaryPath = temporary.nextPath();
  try {
    await writeSynced(temporaryPath, bytes);
    await link(temporaryPath, path);
    return "STORED";
  } catch (error) {
    if (systemCode(error) === "EEXIST") return "EXISTS";
    if (systemCode(error) === "ENOENT") await temporary.makeOwnFolder(); // removed from outside: the next put works
    throw error;
  } finally {
    await unlink(temporaryPath).catch(() => undefined); // never made, or left to the next sweep
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(path, "wx");
  let written = 0;
  while (written < bytes.byteLength) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
  await handle.sync();
}
