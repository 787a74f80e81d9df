import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Place } from "../contract/place.ts";
import { openFileObjects } from "../filesystem.ts";
import type { ObjectStore } from "../object-store.ts";

/**
 * Opens an instance in a test, also in another process, which finds it by its name (contract/place.ts).
 * @public
 */
export function open(folder: string): Promise<ObjectStore> {
  return openFileObjects({ folder });
}

/** An empty folder of its own as a place for the contract suite. */
export async function freshFolderPlace(): Promise<Place & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-objects-"));
  return {
    folder,
    open: () => open(folder),
    opener: { moduleUrl: import.meta.url, argument: folder },
    remove: () => rm(folder, { recursive: true }),
  };
}
