import { DocumentStoreError } from "../document-store.ts";
import type { OpenRequest, ReaderRequest, Role, ValueOf, WriterRequest } from "./messages.ts";
import { SharedThread } from "./shared-thread.ts";

/** One database in one of the process's threads. */
export class Connection<Request extends WriterRequest | ReaderRequest> {
  readonly #thread: SharedThread;
  readonly #database: number;
  /** The collections whose documents must be indexed again. */
  readonly stale: string[];
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  private constructor(thread: SharedThread, database: number, stale: string[]) {
    this.#thread = thread;
    this.#database = database;
    this.stale = stale;
  }

  /** @throws DocumentStoreError as the thread could not open the file */
  static async open<Request extends WriterRequest | ReaderRequest>(
    role: Role,
    request: OpenRequest,
  ): Promise<Connection<Request>> {
    const { thread, database } = SharedThread.join(role);
    try {
      const { stale } = await thread.call(database, request);
      return new Connection<Request>(thread, database, stale);
    } catch (error) {
      await thread.leave(database);
      throw error;
    }
  }

  call<Sent extends Request>(request: Sent): Promise<ValueOf<Sent>> {
    if (this.#closed) return Promise.reject(new DocumentStoreError("UNAVAILABLE", "the document store is closed"));
    const answer = this.#thread.call(this.#database, request);
    const settled: Promise<unknown> = answer.then(noValue, noValue).then(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return answer;
  }

  /** Finishes what was called, then closes the file. */
  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#underWay);
    try {
      await this.#thread.call(this.#database, { kind: "close" });
    } finally {
      await this.#thread.leave(this.#database);
    }
  }
}

function noValue(): void {}
