import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";
import { translateScanError } from "./scan-error.ts";

/** The file in the pushed folder, with the patterns of .gitignore, that says what is not pushed. */
const IGNORE_FILE = ".slipwayignore";

/** Whether a path, relative to the pushed folder and in NFC, is left out. */
export type IgnoreRules = (path: string, kind: "file" | "folder") => boolean;

/** Reads the rules of a folder; the ignore file itself is always left out. Only the one at the top is read. */
export async function readIgnoreRules(folder: string): Promise<IgnoreRules> {
  const path = join(folder, IGNORE_FILE);
  const rules = ignore({ ignorecase: false });
  try {
    rules.add((await readFile(path, "utf8")).normalize("NFC"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw translateScanError(error, path);
  }
  rules.add(`/${IGNORE_FILE}`);
  return (relative, kind) => rules.ignores(kind === "folder" ? `${relative}/` : relative);
}
