import type { LookupFunction } from "node:net";
import type { StepOutcome } from "../runs/run-record.ts";
import type { StepAttempt, StepExecutor } from "./executor-port.ts";
import { outcomeOf, payloadOf } from "./http-payload.ts";
import { type HttpReply, postOnce, ReplyTooLarge } from "./http-post-client.ts";
import { AddressRefused } from "./public-lookup-client.ts";

const MAX_REPLY_BYTES = 1024 * 1024;

export interface HttpExecutorOptions {
  /** Whether steps may call addresses that are not public: for test and inside closed networks. */
  allowPrivateHttp: boolean;
  /** Finds public addresses only; default by the system's resolver. */
  lookup?: LookupFunction;
}

/** POSTs to somebody's server. Output: `status`, `body`. */
export class HttpExecutor implements StepExecutor {
  readonly #options: HttpExecutorOptions;

  constructor(options: HttpExecutorOptions) {
    this.#options = options;
  }

  async execute(attempt: StepAttempt, signal: AbortSignal): Promise<StepOutcome> {
    const { step, record } = attempt;
    if (step.action.case !== "http") return { kind: "failed", message: "Not an http step.", mayPass: false };
    const { url, headers } = step.action.value;
    const { allowPrivateHttp, lookup } = this.#options;
    try {
      const reply: HttpReply = await postOnce({
        url,
        headers: {
          "user-agent": "slipway",
          accept: "application/json",
          ...headers,
          "content-type": "application/json",
          "idempotency-key": `${record.run.uid}/${step.id}/${attempt.attempt}`,
        },
        body: Buffer.from(JSON.stringify(payloadOf(attempt))),
        publicOnly: !allowPrivateHttp,
        ...(lookup === undefined ? {} : { lookup }),
        maxReplyBytes: MAX_REPLY_BYTES,
        signal,
      });
      return outcomeOf(reply);
    } catch (error) {
      return { kind: "failed", message: messageOf(error), mayPass: mayPass(error) };
    }
  }
}

/** What Node says of a connection; where several addresses failed, its message is empty and the code tells. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === "" ? `The connection failed: ${code ?? "unknown"}.` : message;
}

/** A broken connection may heal; what is refused, too large or cannot be sent at all (TypeError) stays so. */
function mayPass(error: unknown): boolean {
  return ![AddressRefused, ReplyTooLarge, TypeError].some((final) => error instanceof final);
}
