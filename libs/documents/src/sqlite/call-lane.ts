import { DocumentStoreError } from "../document-store.ts";
import type { Reply, ThreadRequest } from "./messages.ts";

/**
 * Calls that travel in one message. Beyond this a group of commits gains nothing, and its first one only waits longer.
 */
const CALLS_PER_MESSAGE = 256;

interface Waiting {
  request: ThreadRequest;
  resolve(value: never): void;
  reject(error: DocumentStoreError): void;
}

/**
 * The calls to one database of a thread. While the thread works on some of them, others gather, and all of these travel in
 * the next message: that is what makes commits share a transaction. Each database has a lane of its own, so that the main
 * thread answers what one database said while the thread is at work on another.
 */
export class CallLane {
  readonly #send: (requests: ThreadRequest[]) => void;
  readonly #gathered: Waiting[] = [];
  #travelling: Waiting[] = [];
  /** Whether what has gathered is sent at the end of this turn of the event loop. */
  #isDue = false;

  constructor(send: (requests: ThreadRequest[]) => void) {
    this.#send = send;
  }

  call<Value>(request: ThreadRequest): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ request, resolve, reject });
      if (this.#isDue || this.#travelling.length > 0) return;
      this.#isDue = true;
      setImmediate(() => {
        this.#isDue = false;
        this.#sendGathered();
      });
    });
  }

  receive(replies: readonly Reply<unknown>[]): void {
    const answered = this.#travelling;
    this.#travelling = [];
    this.#sendGathered();
    for (const [index, { resolve, reject }] of answered.entries()) {
      const reply = replies[index];
      if (reply && "value" in reply) resolve(reply.value as never);
      else if (reply) reject(new DocumentStoreError(reply.failure.kind, reply.failure.message));
      else reject(new DocumentStoreError("UNAVAILABLE", "the database thread did not answer"));
    }
  }

  /** Nothing will be answered any more. */
  end(error: DocumentStoreError): void {
    for (const { reject } of [...this.#travelling.splice(0), ...this.#gathered.splice(0)]) reject(error);
  }

  #sendGathered(): void {
    if (this.#travelling.length > 0 || this.#gathered.length === 0) return;
    this.#travelling = this.#gathered.splice(0, CALLS_PER_MESSAGE);
    this.#send(this.#travelling.map(({ request }) => request));
  }
}
