import { parentPort } from "node:worker_threads";
import type { FromReader, Task } from "../isolation/messages.ts";

/** A reading thread that ends its own life at every file whose name says so. */
parentPort?.on("message", ({ files, first }: Task) => {
  for (const [file, { path }] of files.entries()) {
    if (file < first) continue;
    parentPort?.postMessage({ kind: "started", file } satisfies FromReader);
    if (path.includes("exit")) process.exit(3);
    if (path.includes("throw")) throw new Error("a bug of a reader");
    parentPort?.postMessage({ kind: "facts", facts: { path, format: "text" } } satisfies FromReader);
  }
  parentPort?.postMessage({ kind: "done" } satisfies FromReader);
});
