import type { DescMethod } from "@bufbuild/protobuf";
import type { Logger } from "@slipway/runtime";
import type { CallOptions } from "./call-options.ts";
import type { Caller } from "./caller.ts";
import { fail } from "./fail.ts";

/** What a handler knows about the call that it answers. */
export interface CallContext {
  readonly method: DescMethod;
  /** Aborted when the client cancels or is gone, when the deadline passes, or when the server is closed. */
  readonly signal: AbortSignal;
  /** Aborted when the server begins to drain: streams without an end should end then. */
  readonly draining: AbortSignal;
  /** When the client stops waiting, in milliseconds since 1970; absent when it waits for ever. */
  readonly deadlineMs: number | undefined;
  /** Text headers of the request, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** From `slipway-request-id`, or made here; stands in the log and in the details of errors. */
  readonly requestId: string;
  readonly log: Logger;
  /** Set by the access interceptor. */
  caller?: Caller;
}

/** Who calls. Throws UNAUTHENTICATED where no interceptor found out. */
export function callerOf(context: CallContext): Caller {
  if (context.caller === undefined) throw fail("KEY_MISSING");
  return context.caller;
}

/** Options for a call made on behalf of this one: same cancellation, same deadline, same request id; more headers. */
export function callOptionsFrom(context: CallContext, headers: Readonly<Record<string, string>> = {}): CallOptions {
  return {
    signal: context.signal,
    ...(context.deadlineMs === undefined ? {} : { deadlineMs: context.deadlineMs }),
    headers: { ...headers, [REQUEST_ID_HEADER]: context.requestId },
  };
}

/** Carries the id under which a call is logged through every service that takes part in it. */
export const REQUEST_ID_HEADER = "slipway-request-id";
