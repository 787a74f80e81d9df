import { isMainThread } from "node:worker_threads";

// Imported by a server before its own program: its standard input is a pipe from the benchmark, which closes when that
// is gone, however it ended.
if (isMainThread) {
  process.stdin.on("end", () => process.exit(1)).resume();
  // Waiting for that keeps nobody from ending before.
  if ("unref" in process.stdin && typeof process.stdin.unref === "function") process.stdin.unref();
}
