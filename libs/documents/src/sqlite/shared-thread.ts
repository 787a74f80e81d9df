import { Worker } from "node:worker_threads";
import { DocumentStoreError } from "../document-store.ts";
import { CallLane } from "./call-lane.ts";
import type { Message, Role, ThreadRequest, ValueOf } from "./messages.ts";
import { type PackedReply, type PackedRequest, packRequest, unpackReply } from "./packing.ts";

/** V8 lets a young generation grow to 48 MiB and more; rows and JSON text die young in a far smaller one. */
const YOUNG_GENERATION_MIB = 8;

/** One thread per process and role: each costs 12–25 MB, and three databases in one process would need six. */
const running = new Map<Role, SharedThread>();

/** A database thread as the main thread sees it. It ends when the last database has left it. */
export class SharedThread {
  readonly #role: Role;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #lanes = new Map<number, CallLane>();
  #lastDatabase = 0;
  #ended: DocumentStoreError | undefined;

  private constructor(role: Role) {
    this.#role = role;
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
      workerData: role,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    });
    this.#worker.on("message", ({ database, content }: Message<PackedReply>) =>
      this.#lanes.get(database)?.receive(content.map(unpackReply)),
    );
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
    thread.#lastDatabase += 1;
    const database = thread.#lastDatabase;
    const send = (requests: ThreadRequest[]) => {
      const message: Message<PackedRequest> = { database, content: requests.map(packRequest) };
      thread.#worker.postMessage(message);
    };
    thread.#lanes.set(database, new CallLane(send));
    return { thread, database };
  }

  async leave(database: number): Promise<void> {
    this.#lanes.delete(database);
    if (this.#lanes.size > 0) return;
    this.#forget();
    this.#worker.postMessage("end");
    await this.#exited;
  }

  /** @throws DocumentStoreError as the thread answers, UNAVAILABLE when it is gone */
  async call<Request extends ThreadRequest>(database: number, request: Request): Promise<ValueOf<Request>> {
    if (this.#ended) throw this.#ended;
    const lane = this.#lanes.get(database);
    if (!lane) throw new DocumentStoreError("UNAVAILABLE", "the document store is closed");
    return lane.call(request);
  }

  #end(error: DocumentStoreError): void {
    this.#forget();
    this.#ended ??= error;
    for (const lane of this.#lanes.values()) lane.end(this.#ended);
  }

  #forget(): void {
    if (running.get(this.#role) === this) running.delete(this.#role);
  }
}
