import { Worker } from "node:worker_threads";

/** A reading thread and the heap it was given. */
export interface PooledThread {
  readonly worker: Worker;
  readonly memoryMib: number;
}

const YOUNG_GENERATION_MIB = 32;
/** Threads that are kept for the next call: starting one costs about 80 ms. */
const MOST_IDLE = 2;

/** Keeps threads that ended their work in good order. An idle thread does not keep the process alive. */
export class ThreadPool {
  readonly #script: URL;
  readonly #idle: PooledThread[] = [];

  constructor(script: URL) {
    this.#script = script;
  }

  /** A thread with so much heap, idle or new. The caller gives it back or terminates it. */
  take(memoryMib: number): PooledThread {
    const index = this.#idle.findIndex((thread) => thread.memoryMib === memoryMib);
    const [kept] = index < 0 ? [] : this.#idle.splice(index, 1);
    if (kept !== undefined) {
      kept.worker.off("error", ignore).off("exit", this.#forget).ref();
      return kept;
    }
    const resourceLimits = { maxOldGenerationSizeMb: memoryMib, maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB };
    return { worker: new Worker(this.#script, { env: {}, execArgv: [], resourceLimits }), memoryMib };
  }

  /** Takes back a thread that has nothing more to do. */
  async giveBack(thread: PooledThread): Promise<void> {
    if (this.#idle.length >= MOST_IDLE) {
      await thread.worker.terminate();
      return;
    }
    thread.worker.on("error", ignore).on("exit", this.#forget).unref();
    this.#idle.push(thread);
  }

  /** A thread that dies while it is idle takes nothing with it; the next call starts another. */
  readonly #forget = (): void => {
    const alive = this.#idle.filter(({ worker }) => worker.threadId !== -1);
    this.#idle.splice(0, this.#idle.length, ...alive);
  };
}

const ignore = (): void => {};
