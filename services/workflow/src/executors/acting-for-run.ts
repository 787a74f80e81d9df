import { type CallOptions, onBehalfOf } from "@slipway/rpc";
import type { StepAttempt } from "./executor-port.ts";

/** Calls of a step are made for the run's tenant and for the principal that caused the run. */
export function actingForRun({ tenantUid, record }: StepAttempt, signal: AbortSignal): CallOptions {
  return { signal, headers: onBehalfOf(tenantUid, record.tenant, record.run.creator) };
}
