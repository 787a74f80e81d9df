import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Story } from "./story.ts";

const run = promisify(execFile);
const STORY_TIMEOUT_MS = 120_000;

export interface StoryOptions {
  /** The folder of the built client. */
  built: string;
  /** Address of the metadata service, or of a server that has all. */
  url: string;
  /** Absent in open mode. */
  key?: string | undefined;
  /** The file to push. */
  source: string;
  /** Resource name of the model that it becomes the first version of; it must not exist. */
  model: string;
  /** Where to write the file that is pulled. */
  target: string;
}

/**
 * Lets a client play its story and returns what it saw.
 *
 * @throws when it fails or takes longer than two minutes, with what it printed
 */
export async function playStory({ built, url, key, source, model, target }: StoryOptions): Promise<Story> {
  const credentials = key === undefined ? {} : { SLIPWAY_KEY: key };
  const { stdout } = await run("bash", ["run.sh", url, source, model, target], {
    cwd: built,
    env: { ...process.env, ...credentials },
    timeout: STORY_TIMEOUT_MS,
  });
  return JSON.parse(stdout) as Story;
}
