import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import type { FromReader, Task } from "../isolation/messages.ts";

const port = parentPort;
if (port === null) throw new Error("this module runs in a worker thread only");
const send = (message: FromReader): void => port.postMessage(message);

/** A reading thread that reads a byte of each file and ends its own life where the name says so. */
port.on("message", (message: Partial<Task>) => {
  if (message.files !== undefined) void perform(message as Task);
});

async function perform({ files, first }: Task): Promise<void> {
  for (const [file, { path }] of files.entries()) {
    if (file < first) continue;
    send({ kind: "started", file });
    send({ kind: "read", id: file, file, offset: 0, length: 1 });
    await once(port as NonNullable<typeof port>, "message");
    if (path.includes("exit")) process.exit(3);
    if (path.includes("throw")) throw new Error("a bug of a reader");
    send({ kind: "facts", facts: { path, format: "text" } });
  }
  send({ kind: "done" });
}
