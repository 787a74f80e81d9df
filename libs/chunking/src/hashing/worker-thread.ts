import { Worker } from "node:worker_threads";
import { HashingError } from "./hashing-error.ts";
import type { FromWorker, JobAnswer, ToWorker, WorkerStart } from "./worker-protocol.ts";

/** What a job hears of its worker: answers to its messages, or once, last, that the worker died. */
export interface JobListener {
  onMessage(message: JobAnswer): void;
  onDeath(error: HashingError): void;
}

let lastJob = 0;

/** A worker as the pool sees it: jobs are opened on it; it keeps the process alive only while it has one. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #jobs = new Map<number, { listener: JobListener; weight: number }>();
  /** For each slot that the worker has, oldest first, what to do when it is done with it. */
  readonly #slotsOut: (() => void)[] = [];
  #death: HashingError | undefined;

  constructor(start: WorkerStart) {
    // No execArgv: flags of the main thread, such as --eval, are not for this one.
    this.#worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { workerData: start, execArgv: [] });
    this.#worker.unref();
    this.#worker.on("message", (message: FromWorker) => this.#receive(message));
    this.#worker.on("error", (cause) => this.#die(cause));
    this.#worker.on("exit", (code) => this.#die(new Error(`exit code ${code}`)));
  }

  /** The weights of the open jobs together. */
  get load(): number {
    return [...this.#jobs.values()].reduce((sum, { weight }) => sum + weight, 0);
  }

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /** Begins a job; its number goes into its messages. The weight is its share of work, next to other jobs. */
  open(listener: JobListener, weight: number): number {
    lastJob += 1;
    if (this.#jobs.size === 0) this.#worker.ref();
    this.#jobs.set(lastJob, { listener, weight });
    return lastJob;
  }

  /** Ends a job, finished or not. */
  close(job: number): void {
    if (!this.#jobs.delete(job)) return;
    this.post({ kind: "drop", job });
    if (this.#jobs.size === 0) this.#worker.unref();
  }

  post(message: ToWorker, handedOver: ArrayBuffer[] = []): void {
    if (this.#death === undefined) this.#worker.postMessage(message, handedOver);
  }

  /** Posts a message that lends a slot; `onDone` is called when the worker gives it back, or dies. */
  postSlot(message: ToWorker & { slot: number }, onDone: () => void): void {
    if (this.#death === undefined) {
      this.#slotsOut.push(onDone);
      this.#worker.postMessage(message);
    } else onDone();
  }

  /** Hands the memory of a chunk back to the worker; it is detached here from now on. */
  reuse(buffer: ArrayBuffer): void {
    if (buffer.detached || this.#death !== undefined) return;
    const message: ToWorker = { kind: "reuse", buffer };
    this.#worker.postMessage(message, [buffer]);
  }

  /** Ends the thread; jobs that are open fail. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    if (message.kind === "slotDone") this.#slotsOut.shift()?.();
    else this.#jobs.get(message.job)?.listener.onMessage(message);
  }

  #die(cause: unknown): void {
    if (this.#death !== undefined) return;
    this.#death = new HashingError("The thread that hashes has ended; try again.", { cause });
    for (const onDone of this.#slotsOut.splice(0)) onDone();
    for (const { listener } of this.#jobs.values()) listener.onDeath(this.#death);
    this.#jobs.clear();
  }
}
