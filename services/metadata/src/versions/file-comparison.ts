import { create } from "@bufbuild/protobuf";
import type { File } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import {
  FileChange,
  type FileComparison,
  FileComparisonSchema,
  type FileDifference,
  FileDifferenceSchema,
} from "@slipway/gen/slipway/metadata/v1/version_comparison_pb.js";

/** A reply must fit into one message; paths have up to 1,024 bytes. */
const MAXIMUM_LISTED_FILES = 500;

/** Files as the artifact service lists them: sorted by the UTF-8 bytes of their paths, each path once. */
export type SortedFiles = AsyncIterable<File>;

/**
 * What became of the files, in one walk over both lists that holds no more of them than it tells; `listed` is for tests.
 */
export async function compareFiles(
  first: SortedFiles,
  second: SortedFiles,
  listed = MAXIMUM_LISTED_FILES,
): Promise<FileComparison> {
  const counts = new Map<FileChange, number>();
  const different: FileDifference[] = [];
  const unchanged: FileDifference[] = [];
  for await (const [before, after] of pairs(first, second)) {
    const change = changeOf(before, after);
    counts.set(change, (counts.get(change) ?? 0) + 1);
    const list = change === FileChange.UNCHANGED ? unchanged : different;
    if (list.length < listed) list.push(differenceOf(change, before, after));
  }
  const count = (change: FileChange) => counts.get(change) ?? 0;
  const files = [...different, ...unchanged].slice(0, listed);
  const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
  return create(FileComparisonSchema, {
    addedCount: count(FileChange.ADDED),
    removedCount: count(FileChange.REMOVED),
    changedCount: count(FileChange.CHANGED),
    unchangedCount: count(FileChange.UNCHANGED),
    files,
    omittedCount: all - files.length,
  });
}

/** The files of an artifact that both versions have, of which only as many are read as are told. */
export async function sameFiles(
  files: SortedFiles,
  fileCount: number,
  listed = MAXIMUM_LISTED_FILES,
): Promise<FileComparison> {
  const told: FileDifference[] = [];
  for await (const file of files) {
    told.push(differenceOf(FileChange.UNCHANGED, file, file));
    if (told.length === listed) break;
  }
  const omittedCount = fileCount - told.length;
  return create(FileComparisonSchema, { unchangedCount: fileCount, files: told, omittedCount });
}

/** What stands at each path of either list, in their order. */
async function* pairs(
  first: SortedFiles,
  second: SortedFiles,
): AsyncIterable<[before: File | undefined, after: File | undefined]> {
  const left = first[Symbol.asyncIterator]();
  const right = second[Symbol.asyncIterator]();
  let [before, after] = await Promise.all([next(left), next(right)]);
  while (before !== undefined || after !== undefined) {
    const order = before === undefined ? 1 : after === undefined ? -1 : comparePaths(before.path, after.path);
    yield [order <= 0 ? before : undefined, order >= 0 ? after : undefined];
    if (order <= 0) before = await next(left);
    if (order >= 0) after = await next(right);
  }
}

async function next(files: AsyncIterator<File>): Promise<File | undefined> {
  const { value, done } = await files.next();
  return done === true ? undefined : value;
}

function comparePaths(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function changeOf(before: File | undefined, after: File | undefined): FileChange {
  if (before === undefined) return FileChange.ADDED;
  if (after === undefined) return FileChange.REMOVED;
  return before.sha256 === after.sha256 ? FileChange.UNCHANGED : FileChange.CHANGED;
}

function differenceOf(change: FileChange, before: File | undefined, after: File | undefined): FileDifference {
  return create(FileDifferenceSchema, {
    path: (before ?? after)?.path ?? "",
    change,
    firstSizeBytes: before?.sizeBytes ?? 0n,
    secondSizeBytes: after?.sizeBytes ?? 0n,
    firstSha256: before?.sha256 ?? "",
    secondSha256: after?.sha256 ?? "",
  });
}
