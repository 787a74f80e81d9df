import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/slipway-python", import.meta.url));

/** A new environment downloads some 150 MB of wheels; ten minutes cover a slow network. */
const INSTALL_TIMEOUT_MS = 600_000;

interface EnvironmentOptions {
  /** Of a `before` hook or test: its time limit is raised, and on a machine without Python it is skipped, saying why. */
  test?: Mocha.Context;
  /** A file of pip. Default: test/python/requirements.txt. */
  requirements?: string;
}

/**
 * The path of a Python interpreter that has what the requirements list, from a virtual environment that is made once for
 * each content of that file and kept outside git. Safe when several processes ask at once: each makes its
 * own, and the first to finish gives it its name.
 *
 * @throws when a package cannot be installed, and without a context when `python3` or its `venv` module is missing
 */
export async function pythonEnvironment({
  test,
  requirements = REQUIREMENTS,
}: EnvironmentOptions = {}): Promise<string> {
  test?.timeout(INSTALL_TIMEOUT_MS + 60_000);
  const version = await run("python3", ["-c", "import sys, venv, ensurepip; print(sys.version)"]).then(
    ({ stdout }) => stdout,
    (error: Error) => {
      if (test === undefined) throw error;
      console.log("    skipped: python3 with its venv module is not installed");
      return test.skip();
    },
  );
  const digest = createHash("sha256")
    .update(version)
    .update(await readFile(requirements))
    .digest("hex");
  const folder = join(cache, digest.slice(0, 16));
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return python;

  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, "making-"));
  try {
    await run("python3", ["-m", "venv", making]);
    const install = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-input",
      "--disable-pip-version-check",
      "--only-binary=:all:",
    ];
    await run(join(making, "bin", "python"), [...install, "-r", requirements], { timeout: INSTALL_TIMEOUT_MS });
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(python)) throw error;
  }
  return python;
}
