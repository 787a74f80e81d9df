import { parentPort } from "node:worker_threads";
import { Budget } from "../budget.ts";
import { FindingLog } from "../finding-log.ts";
import type { Inspection } from "../inspection.ts";
import { inspectFile } from "../walk/inspect-file.ts";
import type { FromReader, Task, ToReader } from "./messages.ts";
import { RemoteFiles } from "./remote-source.ts";

/** The thread in which hostile bytes are parsed: a task after the other, each with the files of one artifact. */
const port = parentPort;
if (port === null) throw new Error("this module runs in a worker thread only");

const send = (message: FromReader): void => port.postMessage(message);
const remote = new RemoteFiles(send);
port.on("message", (message: Task | ToReader) => {
  if ("bytes" in message) remote.receive(message);
  else void perform(message);
});

/** Never rejects: what goes wrong is a finding of its file. */
async function perform({ files, first, limits, headersOnly }: Task): Promise<void> {
  const budget = new Budget(limits);
  const fileSizes = new Map(files.map((file) => [file.path, file.sizeBytes]));
  for (const [index, file] of files.entries()) {
    if (index < first) continue;
    send({ kind: "started", file: index });
    const log = new FindingLog(limits.findingsPerFile, (finding) => send({ kind: "finding", finding }));
    const inspection: Inspection = { limits, budget, headersOnly, fileSizes, report: log.report.bind(log) };
    try {
      const facts = await inspectFile(inspection, file.path, remote.source(index, file.sizeBytes, budget));
      send({ kind: "facts", facts });
    } catch (error) {
      const kind = error instanceof Error ? error.name : "unknown error";
      log.report("reader.crash", file.path, `the file breaks its reader (${kind})`);
    }
  }
  send({ kind: "done" });
}
