import { fail } from "../fail.ts";
import { RpcError } from "../rpc-error.ts";
import type { Call } from "./call.ts";

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
  if (error instanceof RpcError) return error;
  call.log.error({ err: error }, "unexpected error");
  return fail("INTERNAL_ERROR", { request_id: call.requestId }, { cause: error });
}
