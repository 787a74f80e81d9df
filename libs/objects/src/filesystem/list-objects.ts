import type { Dirent } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectEntry } from "../object-store.ts";
import { isShard, objectsFolder } from "./paths.ts";
import { systemCode } from "./translate-error.ts";

/** The objects below the key parts whose next part begins with `partial`; errors are those of node:fs. */
export async function* listObjects(
  folder: string,
  parts: readonly string[],
  partial: string,
): AsyncGenerator<ObjectEntry, void> {
  const here = join(objectsFolder(folder), ...parts);
  for await (const entry of entriesOf(here)) {
    if (isShard(entry.name)) yield* listShard(join(here, entry.name), parts, partial);
    else if (entry.name.startsWith(partial)) yield* listObjects(folder, [...parts, entry.name], "");
  }
}

async function* listShard(shard: string, parts: readonly string[], partial: string): AsyncGenerator<ObjectEntry, void> {
  for await (const { name } of entriesOf(shard)) {
    if (!name.startsWith(partial)) continue;
    const sizeBytes = await sizeOf(join(shard, name));
    if (sizeBytes !== undefined) yield { key: [...parts, name].join("/"), sizeBytes };
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent, void> {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/** The size of a file, or undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
