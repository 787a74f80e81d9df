import type { DescMethod } from "@bufbuild/protobuf";
import { type Clock, type Ids, type Logger, systemClock, systemIds } from "@slipway/runtime";
import { fail } from "../fail.ts";
import type { RpcError } from "../rpc-error.ts";
import type { ServingOptions } from "../server-options.ts";
import { Call } from "./call.ts";
import { requestIdOf } from "./request-id.ts";

/** The calls that a server answers at the moment. */
export class Calls {
  readonly #log: Logger;
  readonly #ids: Ids;
  readonly #clock: Clock;
  readonly #draining = new AbortController();
  readonly #running = new Set<Call>();
  readonly #waiting: (() => void)[] = [];

  constructor({ log, ids = systemIds, clock = systemClock }: ServingOptions) {
    this.#log = log;
    this.#ids = ids;
    this.#clock = clock;
  }

  /** How many calls run. */
  get count(): number {
    return this.#running.size;
  }

  /** Begins a call; `finish` must follow. */
  begin(method: DescMethod, headers: ReadonlyMap<string, string>, deadlineMs: number | undefined): Call {
    const call = new Call({
      method,
      headers,
      deadlineMs,
      requestId: requestIdOf(headers, this.#ids),
      log: this.#log,
      draining: this.#draining.signal,
    });
    this.#running.add(call);
    return call;
  }

  /** The handler is over and has cleaned up. */
  finish(call: Call): void {
    this.#running.delete(call);
    if (this.#running.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The connection is gone or the client gave up: the deadline, where it has passed, is the reason. */
  abandon(call: Call): void {
    // grpc-js says so at the end of every call; making an error for each would cost more than most handlers.
    if (call.isOver) return;
    const late = call.deadlineMs !== undefined && this.#clock.nowMs() >= call.deadlineMs;
    call.cancel(late ? fail("DEADLINE_PASSED") : fail("CALL_CANCELLED"));
  }

  /** Tells streams without an end that they should end. */
  drain(): void {
    this.#draining.abort();
  }

  /** Cancels what still runs. */
  cancelAll(reason: RpcError): void {
    for (const call of this.#running) call.cancel(reason);
  }

  /** Resolves when no call runs. */
  async idle(): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
