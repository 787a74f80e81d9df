import type { FileReader } from "../file-reader.ts";
import type { Finding } from "../finding.ts";
import { FindingList } from "../finding-list.ts";
import { findingOf } from "../finding-log.ts";
import type { IsolatedOptions, IsolatedResult } from "./isolated.ts";
import { runThread, type ThreadEnd } from "./run-thread.ts";
import { ThreadPool } from "./thread-pool.ts";

const readerThread = new URL("./reader-thread.ts", import.meta.url);
/** Apart, so that uploads, which wait for headers only, never wait behind whole files that take minutes. */
const headerThreads = new ThreadPool(readerThread);
const inspectionThreads = new ThreadPool(readerThread);
/** A thread that dies takes one file with it; after so many the artifact is given up. */
const MOST_THREADS = 8;

/**
 * Reads the files in a worker thread with bounded heap and time. A thread that dies or takes too long becomes a finding
 * of the file it was at, and the others are still read. Rejects only with what a FileReader or the signal throws.
 */
export async function readIsolated(
  files: readonly FileReader[],
  options: IsolatedOptions,
  pool: ThreadPool = options.headersOnly ? headerThreads : inspectionThreads,
): Promise<IsolatedResult> {
  const result: IsolatedResult = { list: new FindingList(options.limits.findings), facts: [] };
  let first = 0;
  let leftMs = options.limits.timeoutMs;
  for (let threads = 1; first < files.length; threads++) {
    const end = await runThread(files, first, leftMs, options, result, pool);
    if (end.kind === "done") break;
    result.list.add(lossOf(end, files[end.file]?.path ?? ""));
    first = end.file + 1;
    leftMs = end.leftMs;
    const givenUp = end.kind === "timeout" || threads === MOST_THREADS;
    if (givenUp && first < files.length) {
      const what = `${files.length - first} further files were not looked at`;
      result.list.add(findingOf(end.kind === "timeout" ? "reader.timeout" : "reader.crash", "", what));
    }
    if (givenUp) break;
  }
  return result;
}

function lossOf(end: Exclude<ThreadEnd, { kind: "done" }>, path: string): Finding {
  switch (end.kind) {
    case "timeout":
      return findingOf("reader.timeout", path, "the file takes too long to look into");
    case "memory":
      return findingOf("reader.memory", path, "the file takes too much memory to look into");
    case "crash":
      return findingOf("reader.crash", path, "the file ends its reader");
  }
}
