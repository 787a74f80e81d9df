import type { CallOptions } from "../call-options.ts";

/** When a call must be over, in milliseconds since 1970; undefined when it may take for ever. */
export function deadlineOf(options: CallOptions, nowMs: number): number | undefined {
  const { timeoutMs = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const earliest = Math.min(nowMs + timeoutMs, deadlineMs);
  return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
}
