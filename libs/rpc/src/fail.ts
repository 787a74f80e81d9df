import { printable } from "@slipway/runtime";
import type { ReasonDefinition } from "./reasons/definition.ts";
import { REASONS, type Reason, type ReasonValues } from "./reasons.ts";
import { type FieldViolation, type PreconditionViolation, RpcError } from "./rpc-error.ts";

/** Errors travel in trailers, of which some clients take 8 KiB only: longer messages are not told twice. In UTF-16 units. */
const LONGEST_REPEATED = 400;

export interface FailDetails {
  /** In place of the one field that the register has for the reason. */
  fields?: readonly FieldViolation[];
  /** In place of the one that says the message of the resource in the value `name`. */
  preconditions?: readonly PreconditionViolation[];
  /** For the log of this process; never leaves it. */
  cause?: unknown;
}

/** The field that the message is about, or several with what is wrong with each: paths in proto names. */
type GivenFields = { field: string } | { fields: readonly [FieldViolation, ...FieldViolation[]] };

type FailArguments<R extends Reason> = (typeof REASONS)[R] extends { field: "GIVEN" }
  ? [values: ReasonValues<R>, details: Omit<FailDetails, "fields"> & GivenFields]
  : [ReasonValues<R>] extends [Record<string, never>]
    ? [values?: ReasonValues<R>, details?: FailDetails]
    : [values: ReasonValues<R>, details?: FailDetails];

/**
 * Makes the error of a registered reason: `throw fail("MODEL_NOT_FOUND", { name: "models/iris" })`.
 * The values fill the placeholders of the message, where characters that could command a terminal are escaped, and
 * travel as they are in the ErrorInfo metadata, so that clients need not parse text. An INVALID_ARGUMENT names the fields
 * that are wrong, a FAILED_PRECONDITION the resource whose state is.
 */
export function fail<R extends Reason>(reason: R, ...[values, details]: FailArguments<R>): RpcError {
  const definition: ReasonDefinition = REASONS[reason];
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(values ?? {})) metadata[name] = String(value);
  const message = definition.message.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    printable(metadata[name] ?? placeholder),
  );
  const { field, fields = [], preconditions, cause }: FailDetails & { field?: string } = details ?? {};
  const description = message.length > LONGEST_REPEATED ? "See the message." : message;
  const violations = fields.map((each) => ({ ...each, description: printable(each.description) }));
  return new RpcError({
    code: definition.code,
    reason,
    message,
    metadata,
    fields: violations.length > 0 ? violations : concernedField(definition, field, description),
    preconditions: preconditions ?? failedPrecondition(definition, reason, metadata.name, description),
    cause,
  });
}

/** What the message says, said of the one field that it is about. */
function concernedField(definition: ReasonDefinition, given: string | undefined, description: string) {
  if (definition.code !== "INVALID_ARGUMENT" || definition.field === "NONE") return [];
  const field = definition.field === "GIVEN" ? given : definition.field;
  return field === undefined ? [] : [{ field, description }];
}

/** What the message says, said of the resource whose state is in the way. */
function failedPrecondition(
  { code }: ReasonDefinition,
  type: Reason,
  subject: string | undefined,
  description: string,
) {
  return code === "FAILED_PRECONDITION" ? [{ type, subject: subject ?? "", description }] : [];
}
