import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A folder with copies of some of the project's files, in which a tool can be tried. */
export class TemporaryProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Copies the given paths and links the installed packages. */
  static async of(...paths: string[]): Promise<TemporaryProject> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-tools-"));
    for (const path of paths) await cp(join(root, path), join(folder, path), { recursive: true });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new TemporaryProject(folder);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Runs a command in the folder; resolves whatever its exit code. */
  async run(command: string, ...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const { SLIPWAY_TALLY: _, ...env } = process.env;
    try {
      return { exitCode: 0, ...(await promisify(execFile)(command, args, { cwd: this.folder, env })) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code?: number | string; stdout: string; stderr: string };
      if (typeof code !== "number") throw error;
      return { exitCode: code, stdout, stderr };
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
