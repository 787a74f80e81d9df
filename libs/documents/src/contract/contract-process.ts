import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type DocumentStore, DocumentStoreError, type DocumentStoreErrorKind } from "../document-store.ts";
import type { DocumentEngine } from "./contract-engine.ts";

export interface ChildRequest {
  id: number;
  method: "get" | "getMany" | "commit";
  arguments: unknown[];
}

export type ChildReply = { id: number } & ({ value: unknown } | { kind: DocumentStoreErrorKind });

export interface ProcessOptions {
  /** Added to this process's own. */
  environment?: Record<string, string>;
  /** A command that runs the process, such as strace with its options. */
  under?: string[];
}

type Remote = Pick<DocumentStore, "get" | "getMany" | "commit">;

/** A store in another process, which can be killed. Calls without a reply are rejected when it is gone. */
export class StoreProcess implements Remote {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  /** Of the process itself, not of what it runs under. */
  #pid = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (reply: ChildReply) => this.#receive(reply));
    child.on("exit", () => {
      for (const { reject } of this.#waiting.values())
        reject(new DocumentStoreError("UNAVAILABLE", "the process is gone"));
      this.#waiting.clear();
    });
  }

  static async start(engine: DocumentEngine, location: string, options: ProcessOptions = {}): Promise<StoreProcess> {
    const [command = process.execPath, ...commandArguments] = options.under ? [...options.under, process.execPath] : [];
    const child = fork(fileURLToPath(new URL("./contract-child.ts", import.meta.url)), [engine.moduleUrl, location], {
      env: { ...process.env, ...options.environment },
      execPath: command,
      execArgv: commandArguments,
      serialization: "advanced",
    });
    const opened = new StoreProcess(child);
    const pid = new Promise<unknown>((resolve, reject) => opened.#waiting.set(0, { resolve, reject }));
    opened.#pid = Number(await pid);
    return opened;
  }

  get: Remote["get"] = (...values) => this.#call("get", values);
  getMany: Remote["getMany"] = (...values) => this.#call("getMany", values);
  commit: Remote["commit"] = (...values) => this.#call("commit", values);

  /** kill -9, and waits until the process is gone. */
  async kill(): Promise<void> {
    if (this.#isRunning()) process.kill(this.#pid, "SIGKILL");
    await this.exited();
  }

  async exited(): Promise<void> {
    if (this.#isRunning()) await once(this.#child, "exit");
  }

  #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #call<Value>(method: ChildRequest["method"], values: unknown[]): Promise<Value> {
    this.#lastId += 1;
    const request: ChildRequest = { id: this.#lastId, method, arguments: values };
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#child.send(request, (error) => {
        if (error) reject(new DocumentStoreError("UNAVAILABLE", "the process is gone", { cause: error }));
      });
    }) as Promise<Value>;
  }

  #receive(reply: ChildReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("value" in reply) waiting?.resolve(reply.value);
    else waiting?.reject(new DocumentStoreError(reply.kind, "refused in the other process"));
  }
}
