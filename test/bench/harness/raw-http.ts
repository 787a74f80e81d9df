import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { pipeline } from "node:stream/promises";
import { HelperProcess } from "./helper-process.ts";
import { MEBIBYTE } from "./units.ts";

/** The yardstick of bytes: plain HTTP/1.1 to a file and back, in a process of its own. */
export class RawHttp implements AsyncDisposable {
  readonly #process: HelperProcess;

  private constructor(process: HelperProcess) {
    this.#process = process;
  }

  /** `folder` is where the receiver keeps what it was sent. */
  static async start(folder: string): Promise<RawHttp> {
    return new RawHttp(await HelperProcess.start(new URL("../servers/raw-http-server.ts", import.meta.url), [folder]));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Sends a file in pieces of 1 MiB; resolves when the receiver has written and synced it. */
  async put(path: string): Promise<void> {
    const headers = { "content-length": (await stat(path)).size };
    const call = request(this.#process.url, { method: "PUT", headers });
    const answered = once(call, "response");
    await pipeline(createReadStream(path, { highWaterMark: MEBIBYTE }), call);
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    await once(response, "end");
  }

  /** Receives what was put last into a file. */
  async get(path: string): Promise<void> {
    const call = request(this.#process.url).end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    await pipeline(response, createWriteStream(path, { highWaterMark: MEBIBYTE }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}
