import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { RunOptions } from "./slipway-process.ts";
import type { SplitServer } from "./split-server.ts";

export interface Pushed {
  model: string;
  version: string;
  state: string;
  artifact: string;
}

const FILES = ["weights.bin", "README.md"];

/** Writes a small model that nobody has pushed yet; returns its folder. */
export async function writeNewModel(work: string): Promise<string> {
  const folder = join(work, randomBytes(6).toString("hex"));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "weights.bin"), randomBytes(300_000));
  await writeFile(join(folder, "README.md"), "# A model\n");
  return folder;
}

/** Pushes a new version with the command line, sees it published, pulls it, and compares all bytes. */
export async function pushAndPull(
  server: SplitServer,
  work: string,
  model: string,
  options: RunOptions = {},
): Promise<Pushed> {
  const folder = await writeNewModel(work);
  const pushed = await server.json<Pushed>(["push", folder, "--model", model], options);
  expect(pushed.state).to.equal("PUBLISHED");
  const pulled = `${folder}-pulled`;
  await server.json(["pull", `${model}@${pushed.version}`, "--to", pulled], options);
  for (const file of FILES) {
    expect(await readFile(join(pulled, file))).to.deep.equal(await readFile(join(folder, file)));
  }
  return pushed;
}
