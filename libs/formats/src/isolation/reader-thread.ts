import { parentPort, workerData } from "node:worker_threads";
import { Budget } from "../budget.ts";
import { FindingLog } from "../finding-log.ts";
import type { Inspection } from "../inspection.ts";
import { inspectFile } from "../walk/inspect-file.ts";
import type { FromReader, Task } from "./messages.ts";
import { RemoteFiles } from "./remote-source.ts";

/** The thread in which hostile bytes are parsed. It has no access to anything but the files it was given. */
const port = parentPort;
if (port === null) throw new Error("this module runs in a worker thread only");

const send = (message: FromReader): void => port.postMessage(message);
const { files, first, limits, headersOnly } = workerData as Task;
const budget = new Budget(limits);
const fileSizes = new Map(files.map((file) => [file.path, file.sizeBytes]));
const remote = new RemoteFiles(port);

for (const [index, file] of files.entries()) {
  if (index < first) continue;
  send({ kind: "started", file: index });
  const log = new FindingLog(limits.findingsPerFile, (finding) => send({ kind: "finding", finding }));
  const inspection: Inspection = { limits, budget, headersOnly, fileSizes, report: log.report.bind(log) };
  try {
    const facts = await inspectFile(inspection, file.path, remote.source(index, file.sizeBytes, budget));
    send({ kind: "facts", facts });
  } catch (error) {
    log.report(
      "reader.crash",
      file.path,
      `the file breaks its reader (${error instanceof Error ? error.name : "error"})`,
    );
  }
}
send({ kind: "done" });
port.close();
