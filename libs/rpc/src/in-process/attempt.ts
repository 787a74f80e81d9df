import { systemClock } from "@slipway/runtime";
import type { CallOptions } from "../call-options.ts";
import { fail } from "../fail.ts";
import type { Call } from "../serving/call.ts";
import type { Calls } from "../serving/calls.ts";
import type { Endpoint } from "../serving/endpoint.ts";
import { deadlineOf } from "../wire/deadline.ts";
import { mergeHeaders } from "../wire/headers.ts";

/** What setTimeout can wait for at most, in milliseconds: about 25 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Made once: every call ends with it, and an error's stack costs more than many a call. */
const CLIENT_IS_DONE = fail("CALL_CANCELLED");

/** One call as both sides of an in-process transport see it, with what cancels it. */
export class Attempt {
  readonly call: Call;
  readonly #options: CallOptions;
  readonly #cancel: () => void;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(endpoint: Endpoint, calls: Calls, options: CallOptions) {
    if (options.signal?.aborted) throw fail("CALL_CANCELLED", {}, { cause: options.signal.reason });
    const nowMs = systemClock.nowMs();
    const deadlineMs = deadlineOf(options, nowMs);
    const call = calls.begin(endpoint.method, mergeHeaders(options.headers ?? {}), deadlineMs);
    this.call = call;
    this.#options = options;
    this.#cancel = () => call.cancel(fail("CALL_CANCELLED"));
    options.signal?.addEventListener("abort", this.#cancel, { once: true });
    if (deadlineMs !== undefined && deadlineMs - nowMs <= MAX_TIMER_MS) {
      this.#timer = setTimeout(() => call.cancel(fail("DEADLINE_PASSED")), Math.max(0, deadlineMs - nowMs));
    }
  }

  /** Whether anything but the handler can end the call. */
  get cancellable(): boolean {
    return this.#options.signal !== undefined || this.#timer !== undefined;
  }

  /** The client is done with the call; what runs of it is cancelled. */
  end(): void {
    this.#options.signal?.removeEventListener("abort", this.#cancel);
    clearTimeout(this.#timer);
    this.call.cancel(CLIENT_IS_DONE);
  }
}
