import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** A reading thread and the heap it was given. */
export interface PooledThread {
  readonly worker: Worker;
  readonly memoryMib: number;
}

const YOUNG_GENERATION_MIB = 32;
/** Even where there is one core: a file that takes its whole time must not keep all others waiting. */
const FEWEST_THREADS = 2;
/** How long a thread is kept for the next call: starting one costs about 80 ms, keeping it 20 MB. */
const IDLE_TIMEOUT_MS = 30_000;

/**
 * Bounds how many threads read at once: a thread for each of many uploads would cost more memory and time to start
 * than the files do. Those that ended their work in good order are kept for a while; an idle thread does not keep the
 * process alive.
 */
export class ThreadPool {
  readonly #script: URL;
  readonly #mostThreads: number;
  readonly #idle = new Map<PooledThread, NodeJS.Timeout>();
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** `mostThreads`: by default one for each core, at least two. */
  constructor(script: URL, mostThreads: number = Math.max(FEWEST_THREADS, availableParallelism())) {
    this.#script = script;
    this.#mostThreads = mostThreads;
  }

  /**
   * A thread with so much heap, idle or new, in the order of asking. The caller gives it back or discards it. Rejects
   * with the reason of the signal.
   */
  async take(memoryMib: number, signal?: AbortSignal): Promise<PooledThread> {
    signal?.throwIfAborted();
    if (this.#taken < this.#mostThreads) this.#taken += 1;
    else await this.#turn(signal);
    const kept = [...this.#idle.keys()].find((thread) => thread.memoryMib === memoryMib);
    if (kept !== undefined) {
      this.#forget(kept);
      kept.worker.ref();
      return kept;
    }
    // Those of another size would only add to the memory.
    for (const thread of this.#idle.keys()) this.#end(thread);
    return this.#start(memoryMib);
  }

  /** Takes back a thread that has nothing more to do. */
  giveBack(thread: PooledThread): void {
    thread.worker.unref();
    this.#idle.set(thread, setTimeout(() => this.#end(thread), IDLE_TIMEOUT_MS).unref());
    this.#next();
  }

  /** Ends a thread that cannot be used any more. */
  async discard({ worker }: PooledThread): Promise<void> {
    await worker.terminate();
    this.#next();
  }

  #start(memoryMib: number): PooledThread {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMib, maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB };
    const worker = new Worker(this.#script, { env: {}, execArgv: [], resourceLimits });
    const thread = { worker, memoryMib };
    // One that dies while it is idle takes nothing with it; the next call starts another.
    worker.on("error", () => undefined).on("exit", () => this.#forget(thread));
    return thread;
  }

  /** Resolves when another one has passed its place on. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => {
      this.#waiting.delete(resolve);
      reject(signal?.reason);
    };
    this.#waiting.add(resolve);
    signal?.addEventListener("abort", abort, { once: true });
    await promise;
    signal?.removeEventListener("abort", abort);
  }

  #next(): void {
    const [resolve] = this.#waiting;
    if (resolve === undefined) {
      this.#taken -= 1;
      return;
    }
    this.#waiting.delete(resolve);
    resolve();
  }

  #end(thread: PooledThread): void {
    this.#forget(thread);
    void thread.worker.terminate();
  }

  #forget(thread: PooledThread): void {
    clearTimeout(this.#idle.get(thread));
    this.#idle.delete(thread);
  }
}
