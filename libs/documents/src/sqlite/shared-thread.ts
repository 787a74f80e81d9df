import { Worker } from "node:worker_threads";
import { DocumentStoreError } from "../document-store.ts";
import type { Call, Reply, Role, ThreadRequest, ValueOf } from "./messages.ts";

/**
 * Calls that travel in one message. Beyond this a group of commits gains nothing, and its first one only waits longer.
 */
const CALLS_PER_MESSAGE = 256;

/** V8 lets a young generation grow to 48 MiB and more; rows and JSON text die young in a far smaller one. */
const YOUNG_GENERATION_MIB = 8;

interface Waiting {
  call: Call;
  resolve(value: never): void;
  reject(error: DocumentStoreError): void;
}

/** One thread per process and role: each costs 12–25 MB, and three databases in one process would need six. */
const running = new Map<Role, SharedThread>();

/**
 * A database thread as the main thread sees it. While the thread works, calls gather, and all of them travel in the next
 * message: that is what makes commits share a transaction. It ends when the last database has left it.
 */
export class SharedThread {
  readonly #role: Role;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #gathered: Waiting[] = [];
  #travelling: Waiting[] = [];
  /** Whether what has gathered is sent at the end of this turn of the event loop. */
  #isDue = false;
  #databases = 0;
  #lastDatabase = 0;
  #ended: DocumentStoreError | undefined;

  private constructor(role: Role) {
    this.#role = role;
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
      workerData: role,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    });
    this.#worker.on("message", (replies: Reply<never>[]) => this.#receive(replies));
    this.#worker.on("error", (cause) =>
      this.#end(new DocumentStoreError("UNAVAILABLE", "a database thread failed", { cause })),
    );
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#end(new DocumentStoreError("UNAVAILABLE", "a database thread has ended"));
        resolve();
      });
    });
  }

  /** The thread of a role, with a number for one more database in it; leave it when the database is closed. */
  static join(role: Role): { thread: SharedThread; database: number } {
    const thread = running.get(role) ?? new SharedThread(role);
    running.set(role, thread);
    thread.#databases += 1;
    thread.#lastDatabase += 1;
    return { thread, database: thread.#lastDatabase };
  }

  async leave(): Promise<void> {
    this.#databases -= 1;
    if (this.#databases > 0) return;
    this.#forget();
    this.#worker.postMessage("end");
    await this.#exited;
  }

  /** @throws DocumentStoreError as the thread answers, UNAVAILABLE when it is gone */
  call<Request extends ThreadRequest>(database: number, request: Request): Promise<ValueOf<Request>> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#gathered.push({ call: { database, request }, resolve, reject });
      this.#sendSoon();
    });
  }

  #sendSoon(): void {
    if (this.#isDue || this.#travelling.length > 0) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#travelling.length > 0) return;
    this.#travelling = this.#gathered.splice(0, CALLS_PER_MESSAGE);
    if (this.#travelling.length > 0) this.#worker.postMessage(this.#travelling.map(({ call }) => call));
  }

  #receive(replies: Reply<never>[]): void {
    const answered = this.#travelling;
    this.#travelling = [];
    this.#send();
    for (const [index, { resolve, reject }] of answered.entries()) {
      const reply = replies[index];
      if (reply && "value" in reply) resolve(reply.value);
      else if (reply) reject(new DocumentStoreError(reply.failure.kind, reply.failure.message));
      else reject(new DocumentStoreError("UNAVAILABLE", "the database thread did not answer"));
    }
  }

  #end(error: DocumentStoreError): void {
    this.#forget();
    this.#ended ??= error;
    for (const { reject } of [...this.#travelling.splice(0), ...this.#gathered.splice(0)]) reject(this.#ended);
  }

  #forget(): void {
    if (running.get(this.#role) === this) running.delete(this.#role);
  }
}
