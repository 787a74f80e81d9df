import type { Logger } from "./logger.ts";

/** Something that a process starts and must end in an orderly way. */
export interface Part {
  /** Stops taking work and finishes what runs, within the time that is left. */
  drain?(timeoutMs: number): Promise<unknown>;
  /** Gives up what it holds. Called after every part has drained. */
  close?(): Promise<unknown> | unknown;
}

/** Where signals come from and how a process ends at once; `process`, except in tests. */
export interface ProcessSignals {
  on(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  off(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  exit(code: number): void;
}

export interface LifecycleOptions {
  log: Logger;
  /** How long all parts together may take to drain, in milliseconds. */
  drainTimeoutMs: number;
  signals?: ProcessSignals;
}

/** What a shell reports for a process that a second Ctrl-C or TERM ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a process from start to orderly end. Parts are ended in the reverse order of their start. */
export class Lifecycle {
  readonly #log: Logger;
  readonly #drainTimeoutMs: number;
  readonly #signals: ProcessSignals;
  readonly #parts: { name: string; part: Part }[] = [];
  readonly #stopping = new AbortController();

  constructor({ log, drainTimeoutMs, signals = process }: LifecycleOptions) {
    this.#log = log;
    this.#drainTimeoutMs = drainTimeoutMs;
    this.#signals = signals;
  }

  /** Aborted once the process is to end; for starts that wait for something. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Adds a part as soon as it has started, so that it is ended whatever happens next. */
  add(name: string, part: Part): void {
    this.#parts.push({ name, part });
  }

  /** Ends the process in order; `run` returns when that is done. */
  stop(): void {
    this.#stopping.abort();
  }

  /**
   * Starts, waits for SIGTERM, SIGINT or `stop`, then drains and closes all parts; a second signal exits at once.
   * Resolves when all ended well. Rejects with the error of the start, or with an AggregateError of what failed to end;
   * also then everything that had started has been ended.
   */
  async run(start: () => Promise<void>): Promise<void> {
    const listeners = (["SIGTERM", "SIGINT"] as const).map((signal) => ({ signal, listener: () => this.#on(signal) }));
    for (const { signal, listener } of listeners) this.#signals.on(signal, listener);
    try {
      await this.#started(start);
      await this.#stopped();
      const errors = await this.#end();
      if (errors.length > 0) throw new AggregateError(errors, "not everything ended well");
    } finally {
      for (const { signal, listener } of listeners) this.#signals.off(signal, listener);
    }
  }

  async #started(start: () => Promise<void>): Promise<void> {
    try {
      await start();
    } catch (error) {
      const stopped = this.#stopping.signal.aborted;
      const errors = await this.#end();
      if (!stopped || errors.length > 0) throw errors.length === 0 ? error : new AggregateError([error, ...errors]);
    }
  }

  async #stopped(): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  #on(signal: keyof typeof EXIT_CODES): void {
    if (this.#stopping.signal.aborted) {
      this.#log.warn({ signal }, "exiting at once");
      this.#signals.exit(EXIT_CODES[signal]);
      return;
    }
    this.#log.info({ signal }, "stopping");
    this.stop();
  }

  async #end(): Promise<unknown[]> {
    const errors: unknown[] = [];
    const endsAtMs = performance.now() + this.#drainTimeoutMs;
    const parts = this.#parts.splice(0).reverse();
    const each = async (step: "drain" | "close", act: (part: Part) => unknown): Promise<void> => {
      for (const { name, part } of parts) {
        try {
          await act(part);
        } catch (error) {
          errors.push(error);
          this.#log.error({ part: name, err: error }, `cannot ${step}`);
        }
      }
    };
    await each("drain", (part) => part.drain?.(Math.max(0, endsAtMs - performance.now())));
    await each("close", (part) => part.close?.());
    return errors;
  }
}
