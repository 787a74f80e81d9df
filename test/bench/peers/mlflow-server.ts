import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { freePort } from "@slipway/runtime/testing";
import { pythonEnvironment } from "../../python/environment.ts";

const requirements = fileURLToPath(new URL("mlflow-requirements.txt", import.meta.url));
const READY_TIMEOUT_MS = 120_000;
const RETRY_MS = 100;

type MlflowProcess = ChildProcessByStdio<Writable, null, null>;

/** MLflow's tracking server with its registry in SQLite, as its documentation starts it, in a process of its own. */
export class MlflowServer implements AsyncDisposable {
  readonly #child: MlflowProcess;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(child: MlflowProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** Makes its Python environment where there is none yet, which downloads some hundred MB. */
  static async start(folder: string): Promise<MlflowServer> {
    const python = await pythonEnvironment({ requirements });
    const port = await freePort();
    const store = ["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`];
    const words = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", `${port}`, ...store];
    const artifacts = ["--artifacts-destination", join(folder, "artifacts")];
    // Longer than a turn of the others, during which its connections rest.
    const connections = ["--uvicorn-opts", "--timeout-keep-alive 600"];
    // A group of its own, with MLflow's workers, which ends as a whole when its standard input does.
    const child = spawn(
      "sh",
      ["-c", '"$@" & cat; kill -KILL 0', "sh", python, ...words, ...artifacts, ...connections],
      {
        cwd: folder,
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
      },
    );
    const server = new MlflowServer(child, port);
    try {
      await server.#untilReady();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  createModel(name: string): Promise<unknown> {
    return this.#call("POST", "registered-models/create", { name });
  }

  createVersion(name: string): Promise<unknown> {
    return this.#call("POST", "model-versions/create", { name, source: "s3://models/model" });
  }

  getVersion(name: string): Promise<unknown> {
    return this.#call("GET", `model-versions/get?name=${name}&version=1`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    const ended = once(this.#child, "exit");
    this.#child.stdin.end();
    await ended;
  }

  async #untilReady(): Promise<void> {
    for (const deadlineMs = performance.now() + READY_TIMEOUT_MS; ; ) {
      try {
        await this.#call("GET", "registered-models/search?max_results=1");
        return;
      } catch (error) {
        if (performance.now() > deadlineMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** A call of https://mlflow.org/docs/latest/rest-api.html; rejects unless it is answered with 200. */
  async #call(method: string, path: string, body?: object): Promise<void> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = request({
      agent: this.#agent,
      host: "127.0.0.1",
      port: this.#port,
      method,
      path: `/api/2.0/mlflow/${path}`,
      ...(text !== undefined && {
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(text) },
      }),
    });
    const answered = once(sent, "response");
    sent.end(text);
    const [response] = await answered;
    let answer = "";
    for await (const piece of response.setEncoding("utf8")) answer += piece;
    if (response.statusCode !== 200) throw new Error(`MLflow answered ${response.statusCode} to ${path}: ${answer}`);
  }
}
