import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own in memory, which a test fills and frees. */
export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, "ballast");
  }

  /** Undefined where mounting one is not allowed; it takes root. */
  static mount(sizeMib: number): SmallDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), "slipway-disk-"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m`, "tmpfs", folder]);
    if (status === 0) return new SmallDisk(folder);
    rmSync(folder, { recursive: true });
    return undefined;
  }

  /** Takes the room that is left, but for so much of it; at once, so that what comes next meets it. */
  fill(leftBytes = 0): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const file = openSync(this.#ballast, "a");
    try {
      let toTakeBytes = bavail * bsize - leftBytes;
      for (let pieceBytes = 1024 * 1024; pieceBytes >= 512 && toTakeBytes > 0; ) {
        try {
          toTakeBytes -= writeSync(file, Buffer.alloc(Math.min(pieceBytes, toTakeBytes)));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
          pieceBytes /= 2;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  remove(): void {
    spawnSync("umount", [this.folder]);
    rmSync(this.folder, { recursive: true });
  }
}
