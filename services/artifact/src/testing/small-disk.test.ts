import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";

export interface SmallDisk {
  folder: string;
  remove(): Promise<void>;
}

/** A file system of its own in memory, for tests that fill it; undefined where mounting one is not allowed. */
export async function mountSmallDisk(sizeMib: number): Promise<SmallDisk | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-small-disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m`, "tmpfs", folder]);
  if (status !== 0) {
    await rm(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    remove: async () => {
      spawnSync("umount", [folder]);
      await rm(folder, { recursive: true });
    },
  };
}

/** Skips the suite that this runs in, and says why in its title. */
export function skipBecause(context: Context, reason: string): never {
  if (context.test?.parent) context.test.parent.title += ` (skipped: ${reason})`;
  return context.skip();
}
