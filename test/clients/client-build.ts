import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, glob, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Language, PYTHON } from "./language.ts";
import { toolVersions } from "./tool-versions.ts";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../", import.meta.url));
const cache = join(repository, "node_modules/.cache/slipway-clients");
const protocFolder = fileURLToPath(new URL("compiler", import.meta.url));

/** What a client gets of Slipway, as paths in the repository. */
const CONTRACT = ["proto/slipway", "proto/third_party"];

/** A first build downloads compilers and libraries; ten minutes cover a slow network. */
const BUILD_TIMEOUT_MS = 600_000;

/**
 * The folder of a built client. It begins with nothing but the client's own files and a copy of the contract; the rest
 * is made by the client's build.sh, the commands that docs/clients.md shows. It is made once for each content of these
 * files and each version of the tools, and kept outside git; it takes the place of an older one. Safe when several
 * processes ask at once.
 *
 * Given the context of a `before` hook or test, it raises that one's time limit, and skips it on a machine without the
 * language's tools, saying what to install.
 *
 * @throws when the build fails, with what it printed
 */
export async function buildClient(language: Language, test: Mocha.Context): Promise<string> {
  test.timeout(2 * BUILD_TIMEOUT_MS);
  const digest = createHash("sha256").update(await toolVersions(language, test));
  for (const file of await filesOf([language.folder, ...CONTRACT.map((inner) => join(repository, inner))])) {
    digest.update(`${relative(repository, file)}\n`).update(await readFile(file));
  }
  const name = language.name.toLowerCase();
  const build = `${name}-${digest.digest("hex").slice(0, 16)}`;
  const folder = join(cache, build);
  if (existsSync(folder)) return folder;

  const env = language.needsProtoc ? await environmentWithProtoc(test) : process.env;
  await mkdir(cache, { recursive: true });
  for await (const old of glob(`${name}-*`, { cwd: cache, exclude: [build] })) {
    await rm(join(cache, old), { recursive: true, force: true });
  }
  const making = await mkdtemp(join(cache, `making-${name}-`));
  try {
    await cp(language.folder, making, { recursive: true });
    for (const inner of CONTRACT) await cp(join(repository, inner), join(making, inner), { recursive: true });
    // Maven tells what went wrong on its standard output, which the error of a command leaves out.
    await run("bash", ["-euo", "pipefail", "-c", ". ./build.sh 1>&2"], { cwd: making, env, timeout: BUILD_TIMEOUT_MS });
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** protoc comes with the packages of the client in Python. */
async function environmentWithProtoc(test: Mocha.Context): Promise<NodeJS.ProcessEnv> {
  const interpreter = join(await buildClient(PYTHON, test), "venv/bin/python");
  return { ...process.env, GRPC_TOOLS_PYTHON: interpreter, PATH: `${protocFolder}:${process.env.PATH}` };
}

async function filesOf(folders: string[]): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    for await (const entry of glob("**/*", { cwd: folder, withFileTypes: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
    }
  }
  return files.sort();
}
