import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ManifestError } from "../manifest-error.ts";
import { checkPaths, MAX_FILES } from "../manifest-files.ts";
import { checkPath } from "../manifest-path.ts";
import { type IgnoreRules, readIgnoreRules } from "./ignore-rules.ts";
import { ScanError, translateScanError } from "./scan-error.ts";
import { type FileStatus, fingerprintOf, type SourceFile } from "./source-file.ts";

/** Looked at together; more would only queue for the same few threads of the file system. */
const ENTRIES_AT_ONCE = 32;

/**
 * The files below a folder, or the one file at the path, as files of an artifact, sorted by path. Names are converted
 * to NFC; links to files are followed, wherever they lead; what `.slipwayignore` names is left out; folders without
 * files leave no trace. Nothing is read but names and sizes. Throws ScanError (nothing to push, links to folders,
 * broken links, what is neither file nor folder, what cannot be read) or ManifestError (paths that break a rule of
 * the manifest, too many files).
 */
export async function scan(root: string): Promise<SourceFile[]> {
  const status = await statusOfRoot(root);
  if (status.isFile()) {
    const path = basename(resolve(root)).normalize("NFC");
    checkPath(path);
    return [sourceFile(path, root, status)];
  }
  if (!status.isDirectory()) throw notAFile(root);
  const files: SourceFile[] = [];
  const walk: Walk = { files, ignored: await readIgnoreRules(root), leftOut: 0 };
  await walkFolder(walk, root, "");
  if (files.length === 0) throw nothingToPush(root, walk.leftOut);
  // Sorted first, so that what is wrong reads the same however the disk orders names.
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  checkPaths(files.map(({ path }) => path));
  return files;
}

interface Walk {
  files: SourceFile[];
  ignored: IgnoreRules;
  /** Entries that the ignore rules named. */
  leftOut: number;
}

type Status = FileStatus & { isFile(): boolean; isDirectory(): boolean };

async function walkFolder(walk: Walk, folder: string, prefix: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" }).catch((error: unknown) => {
    throw translateScanError(error, folder);
  });
  for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
    const some = entries.slice(from, from + ENTRIES_AT_ONCE);
    const folders = await Promise.all(some.map((entry) => visit(walk, folder, prefix, entry)));
    if (walk.files.length > MAX_FILES) checkPaths(walk.files.map(({ path }) => path));
    for (const name of folders) {
      if (name !== undefined) await walkFolder(walk, join(folder, name), `${prefix}${name.normalize("NFC")}/`);
    }
  }
}

/** Takes an entry into the walk when it is a file; returns its name on disk when it is a folder to walk into. */
async function visit(walk: Walk, folder: string, prefix: string, entry: Dirent<Buffer>): Promise<string | undefined> {
  const name = nameOf(entry.name, folder);
  const sourcePath = join(folder, name);
  const path = prefix + name.normalize("NFC");
  if (walk.ignored(path, entry.isDirectory() ? "folder" : "file")) {
    walk.leftOut += 1;
    return undefined;
  }
  if (entry.isDirectory()) return name;
  const status = await (entry.isSymbolicLink() ? statusOfLink(sourcePath) : statusOf(sourcePath));
  if (entry.isSymbolicLink() && status.isDirectory()) {
    if (!walk.ignored(path, "folder")) throw linkToFolder(sourcePath);
    walk.leftOut += 1;
    return undefined;
  }
  if (!status.isFile()) throw notAFile(sourcePath);
  checkPath(path);
  walk.files.push(sourceFile(path, sourcePath, status));
  return undefined;
}

function nameOf(name: Buffer, folder: string): string {
  if (isUtf8(name)) return name.toString("utf8");
  const shown = `${join(folder, name.toString("latin1"))}`;
  throw new ManifestError("PATH_NOT_UNICODE", `The name ${JSON.stringify(shown)} is not UTF-8: rename the file.`);
}

async function statusOfRoot(root: string): Promise<Status> {
  return await stat(root, { bigint: true }).catch((error: unknown) => {
    const translated = translateScanError(error, root);
    if (!(translated instanceof ScanError) || translated.code !== "VANISHED") throw translated;
    throw new ScanError("NOT_FOUND", root, "does not exist: name a folder or a file", { cause: error });
  });
}

async function statusOf(sourcePath: string): Promise<Status> {
  return await stat(sourcePath, { bigint: true }).catch((error: unknown) => {
    throw translateScanError(error, sourcePath);
  });
}

async function statusOfLink(sourcePath: string): Promise<Status> {
  return await stat(sourcePath, { bigint: true }).catch((cause: unknown) => {
    const advice = "is a link that leads to no file: repair it, or list it in .slipwayignore";
    throw new ScanError("LINK_BROKEN", sourcePath, advice, { cause });
  });
}

function sourceFile(path: string, sourcePath: string, status: FileStatus): SourceFile {
  return { path, sourcePath, sizeBytes: Number(status.size), fingerprint: fingerprintOf(status) };
}

function nothingToPush(root: string, leftOut: number): ScanError {
  const advice =
    leftOut === 0
      ? "has no files, so there is nothing to push: name the folder that holds the model"
      : "has nothing to push: .slipwayignore leaves out all that is in it";
  return new ScanError("NOTHING_TO_PUSH", root, advice);
}

function linkToFolder(sourcePath: string): ScanError {
  const advice = "is a link to a folder: put the folder itself there, or list the link in .slipwayignore";
  return new ScanError("LINK_TO_FOLDER", sourcePath, advice);
}

function notAFile(sourcePath: string): ScanError {
  const advice = "is neither a file nor a folder (a socket, pipe or device): list it in .slipwayignore";
  return new ScanError("NOT_A_FILE", sourcePath, advice);
}
