import { execFile } from "node:child_process";
import { promisify, stripVTControlCharacters } from "node:util";
import type { Language } from "./language.ts";

const run = promisify(execFile);

/** Whether a program that printed `text` about its version is at least `minimum`, such as `1.21`. */
export function isAtLeast(text: string, minimum: string): boolean {
  const numbers = (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
  const wanted = minimum.split(".").map(Number);
  const different = wanted.findIndex((number, index) => number !== (numbers[index] ?? 0));
  return different === -1 || (numbers[different] ?? 0) > (wanted[different] as number);
}

/** What a language's tools say about their versions. Skips the test where one is missing or too old, saying so. */
export async function toolVersions(language: Language, test: Mocha.Context): Promise<string> {
  let versions = "";
  for (const { versionCommand, minimumVersion, source } of language.tools) {
    const [command, ...words] = versionCommand;
    const version = await run(command, words).then(
      ({ stdout }) => stripVTControlCharacters(stdout),
      () => "",
    );
    if (!isAtLeast(version, minimumVersion)) {
      console.log(`    skipped: needs ${command} ${minimumVersion} or newer (${source})`);
      return test.skip();
    }
    versions += version;
  }
  return versions;
}
