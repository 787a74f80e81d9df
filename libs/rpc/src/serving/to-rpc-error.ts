import { fail } from "../fail.ts";
import type { Reason } from "../reasons.ts";
import { RpcError } from "../rpc-error.ts";
import type { Call } from "./call.ts";

/** What goes wrong between two services for a defect of theirs; nothing that the client of the first could change. */
const DEFECTS_BETWEEN_SERVICES: ReadonlySet<string> = new Set([
  "",
  "ADDRESS_INVALID",
  "HEADER_INVALID",
  "METHOD_UNKNOWN",
  "RESPONSE_MALFORMED",
  "RESPONSE_MISSING",
] satisfies (Reason | "")[]);

/**
 * What the client is told about an error of a handler. An error that is not an RpcError is a defect: the log gets it
 * whole, the client an INTERNAL with the id under which the log has it. Once the call was cancelled, errors are taken
 * for its consequence and only noted.
 */
export function toRpcError(error: unknown, call: Call): RpcError {
  if (call.cancelled !== undefined) {
    if (error !== call.cancelled) call.log.debug({ err: error }, "ended by cancellation");
    return call.cancelled;
  }
  if (error instanceof RpcError && error.reason === "SERVER_UNREACHABLE") {
    call.log.warn({ err: error }, "another service does not answer");
    return fail("DEPENDENCY_UNAVAILABLE", { dependency: "Another service of Slipway" }, { cause: error });
  }
  if (error instanceof RpcError && !DEFECTS_BETWEEN_SERVICES.has(error.reason)) return error;
  call.log.error({ err: error }, "unexpected error");
  return fail("INTERNAL_ERROR", { request_id: call.requestId }, { cause: error });
}
