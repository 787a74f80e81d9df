import { performance } from "node:perf_hooks";
import { PLATFORM_TENANT } from "../authenticator.ts";
import type { CallContext } from "../call-context.ts";
import type { Code } from "../code.ts";
import type { Interceptor } from "../interceptor.ts";
import { RpcError } from "../rpc-error.ts";

/** Codes that mean trouble in the server, not in the request. */
const TROUBLE: ReadonlySet<Code> = new Set(["UNKNOWN", "INTERNAL", "DATA_LOSS"]);

/** Logs one line per call when it is over. To be the outermost, so that it sees what other interceptors refuse. */
export const logCalls: Interceptor = async (context, next) => {
  // Durations come from the monotonic clock; the injected one may be set.
  const startedMs = performance.now();
  let code: Code = "OK";
  let reason: string | undefined;
  try {
    await next();
  } catch (error) {
    code = error instanceof RpcError ? error.code : "INTERNAL";
    reason = error instanceof RpcError ? error.reason : undefined;
    if (context.signal.aborted) ({ code, reason } = endOf(context.signal.reason));
    throw error;
  } finally {
    const { caller, log } = context;
    const fields = {
      code,
      ...(reason ? { reason } : {}),
      tenant: caller?.tenant,
      principal: caller?.principal,
      durationMs: Math.round((performance.now() - startedMs) * 1000) / 1000,
    };
    if (TROUBLE.has(code)) log.error(fields, "call");
    else if (code === "OK" && isRoutine(context)) log.debug(fields, "call");
    else log.info(fields, "call");
  }
};

/** What comes every second whether anybody works or not: probes, and services that look for events or for each other. */
function isRoutine({ method, caller }: CallContext): boolean {
  return (
    method.parent.typeName === "grpc.health.v1.Health" ||
    (caller?.service === true && caller.tenant === PLATFORM_TENANT)
  );
}

/** How a cancelled call ended: what the handler throws then is only the consequence. */
function endOf(reason: unknown): { code: Code; reason: string | undefined } {
  return reason instanceof RpcError ? reason : { code: "CANCELLED", reason: undefined };
}
