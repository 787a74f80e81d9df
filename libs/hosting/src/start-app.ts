import { setTimeout as sleep } from "node:timers/promises";
import { DocumentStoreError } from "@slipway/documents";
import { fail, type Interceptor } from "@slipway/rpc";
import { createBackoff, type Logger } from "@slipway/runtime";
import type { HostedApp } from "./hosted-app.ts";

/** What may be mended while the process runs: the store comes back, or newer servers take their data away. */
export const MENDABLE: ReadonlySet<DocumentStoreError["kind"]> = new Set(["UNAVAILABLE", "NEWER_FORMAT"]);

/** Starts an app, again and again where its store is away; refuses calls until then. */
export class AppStart {
  readonly #app: HostedApp;
  readonly #log: Logger;
  readonly #stopping: AbortSignal;
  #problem: string | undefined = "the start has not ended yet";
  #running: Promise<void> | undefined;

  constructor(app: HostedApp, log: Logger, stopping: AbortSignal) {
    this.#app = app;
    this.#log = log;
    this.#stopping = stopping;
  }

  /**
   * Resolves when the app has started, or when it cannot because of its store: then it is tried again in the background.
   * Throws what no waiting will mend.
   */
  async begin(): Promise<void> {
    if (!(await this.#tried())) this.#running = this.#again();
  }

  /** Resolves when no attempt runs; none begins after `stopping`. */
  async ended(): Promise<void> {
    await this.#running;
  }

  /** Why the app has not started, in words; empty once it has. */
  missing(): string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  /** Refuses calls of clients until the app has started; health and reflection answer always. */
  readonly gate: Interceptor = async (context, next) => {
    if (this.#problem !== undefined && !context.method.parent.typeName.startsWith("grpc.")) {
      throw fail("DEPENDENCY_UNAVAILABLE", { dependency: "The document store" });
    }
    await next();
  };

  async #again(): Promise<void> {
    const backoff = createBackoff({ initialMs: 200, maxMs: 2_000, random: Math.random });
    try {
      do {
        const pauseMs = 100 + backoff.nextMs();
        await sleep(pauseMs, undefined, { signal: this.#stopping, ref: false }).catch(() => undefined);
      } while (!this.#stopping.aborted && !(await this.#tried()));
    } catch (error) {
      // Nobody waits for the outcome any more, and a restart would meet the same.
      this.#problem = `the start failed: ${error instanceof Error ? error.message : String(error)}`;
      this.#log.error({ err: error }, "the start failed");
    }
  }

  async #tried(): Promise<boolean> {
    try {
      await this.#app.start();
      this.#problem = undefined;
      return true;
    } catch (error) {
      if (!(error instanceof DocumentStoreError) || !MENDABLE.has(error.kind)) throw error;
      this.#problem =
        error.kind === "UNAVAILABLE"
          ? "the document store, to start with"
          : `data was written by a newer Slipway: ${error.message}. Start that one`;
      return false;
    }
  }
}
