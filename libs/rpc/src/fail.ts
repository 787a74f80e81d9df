import { printable } from "@slipway/runtime";
import { REASONS, type Reason, type ReasonValues } from "./reasons.ts";
import { type FieldViolation, type PreconditionViolation, RpcError } from "./rpc-error.ts";

export interface FailDetails {
  fields?: readonly FieldViolation[];
  preconditions?: readonly PreconditionViolation[];
  /** For the log of this process; never leaves it. */
  cause?: unknown;
}

type FailArguments<R extends Reason> = [ReasonValues<R>] extends [Record<string, never>]
  ? [values?: ReasonValues<R>, details?: FailDetails]
  : [values: ReasonValues<R>, details?: FailDetails];

/**
 * Makes the error of a registered reason: `throw fail("MODEL_NOT_FOUND", { model: "iris" })`.
 * The values fill the placeholders of the message, where characters that could command a terminal are escaped, and
 * travel as they are in the ErrorInfo metadata, so that clients need not parse text.
 */
export function fail<R extends Reason>(reason: R, ...[values, details]: FailArguments<R>): RpcError {
  const { code, message } = REASONS[reason];
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(values ?? {})) metadata[name] = String(value);
  return new RpcError({
    code,
    reason,
    message: message.replace(/\{(\w+)\}/g, (placeholder, name: string) => printable(metadata[name] ?? placeholder)),
    metadata,
    ...details,
    fields: details?.fields?.map((field) => ({ ...field, description: printable(field.description) })) ?? [],
  });
}
