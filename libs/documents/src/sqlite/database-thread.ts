import { Worker } from "node:worker_threads";
import { DocumentStoreError } from "../document-store.ts";
import type { Opened, Reply, ThreadOptions, ValueOf } from "./messages.ts";

interface Waiting<Request> {
  request: Request;
  resolve(value: never): void;
  reject(error: DocumentStoreError): void;
}

/**
 * One database thread as the main thread sees it. While the thread works, calls gather; all of them (at most
 * `batchSize`) travel in the next message. That is what makes commits share a transaction.
 */
export class DatabaseThread<Request extends object> {
  /** The collections whose documents must be indexed again. */
  readonly stale: string[];
  readonly #worker: Worker;
  readonly #batchSize: number;
  readonly #gathered: Waiting<Request>[] = [];
  #travelling: Waiting<Request>[] = [];
  #closing = false;
  #ended: DocumentStoreError | undefined;
  readonly #exited: Promise<void>;

  private constructor(worker: Worker, stale: string[], batchSize: number) {
    this.#worker = worker;
    this.stale = stale;
    this.#batchSize = batchSize;
    worker.on("message", (replies: Reply<never>[]) => this.#receive(replies));
    worker.on("error", (error) =>
      this.#end(new DocumentStoreError("UNAVAILABLE", "a database thread failed", { cause: error })),
    );
    this.#exited = new Promise((resolve) => {
      worker.on("exit", () => {
        this.#end(closed());
        resolve();
      });
    });
  }

  /** @throws DocumentStoreError as the thread could not open the file */
  static async open<Request extends object>(
    options: ThreadOptions,
    batchSize: number,
  ): Promise<DatabaseThread<Request>> {
    const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: options });
    const opened = await firstMessage(worker);
    if ("value" in opened) return new DatabaseThread<Request>(worker, opened.value.stale, batchSize);
    await worker.terminate();
    throw new DocumentStoreError(opened.failure.kind, opened.failure.message);
  }

  call<Sent extends Request>(request: Sent): Promise<ValueOf<Sent>> {
    if (this.#closing || this.#ended) return Promise.reject(this.#ended ?? closed());
    return new Promise((resolve, reject) => {
      this.#gathered.push({ request, resolve, reject });
      this.#send();
    });
  }

  /** Finishes what was called, then ends the thread. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#send();
    await this.#exited;
  }

  #send(): void {
    if (this.#travelling.length > 0 || this.#ended) return;
    this.#travelling = this.#gathered.splice(0, this.#batchSize);
    if (this.#travelling.length > 0) this.#worker.postMessage(this.#travelling.map(({ request }) => request));
    else if (this.#closing) this.#worker.postMessage("close");
  }

  #receive(replies: Reply<never>[]): void {
    const answered = this.#travelling;
    this.#travelling = [];
    this.#send();
    for (const [index, waiting] of answered.entries()) {
      const reply = replies[index];
      if (reply && "value" in reply) waiting.resolve(reply.value);
      else if (reply) waiting.reject(new DocumentStoreError(reply.failure.kind, reply.failure.message));
    }
  }

  #end(error: DocumentStoreError): void {
    if (this.#ended) return;
    this.#ended = error;
    for (const waiting of [...this.#travelling.splice(0), ...this.#gathered.splice(0)]) waiting.reject(error);
  }
}

function firstMessage(worker: Worker): Promise<Opened> {
  return new Promise((resolve, reject) => {
    worker.once("message", (message: Opened) => {
      worker.removeListener("error", reject);
      resolve(message);
    });
    worker.once("error", reject);
  });
}

function closed(): DocumentStoreError {
  return new DocumentStoreError("UNAVAILABLE", "the document store is closed");
}
