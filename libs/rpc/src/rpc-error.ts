import type { Code } from "./code.ts";

/** One field of a request that is wrong (google.rpc.BadRequest). */
export interface FieldViolation {
  /** Path of the field in the request, in proto names: `version.labels["env"]`. */
  field: string;
  /** What is wrong and what would be right. */
  description: string;
  /** The rule that was broken, in UPPER_SNAKE or as a protovalidate rule id; may be empty. */
  reason?: string;
}

/** One state that stands in the way (google.rpc.PreconditionFailure). */
export interface PreconditionViolation {
  /** Kind of precondition in UPPER_SNAKE, such as `ETAG` or `STATE`. */
  type: string;
  /** What it is about, as a resource name. */
  subject: string;
  /** How it failed and what would satisfy it. */
  description: string;
}

export interface RpcErrorDetails {
  code: Code;
  /** From the register of reasons; empty when the other side gave none (a proxy, a foreign server). */
  reason: string;
  message: string;
  metadata?: Readonly<Record<string, string>>;
  fields?: readonly FieldViolation[];
  preconditions?: readonly PreconditionViolation[];
  requestId?: string | undefined;
  cause?: unknown;
}

/** The one error of a call: what handlers throw (through `fail`) and what clients catch. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: Code;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fields: readonly FieldViolation[];
  readonly preconditions: readonly PreconditionViolation[];
  /** Under which the server logged the call; absent before the error crossed a transport. */
  readonly requestId: string | undefined;

  constructor(details: RpcErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.reason = details.reason;
    this.metadata = details.metadata ?? {};
    this.fields = details.fields ?? [];
    this.preconditions = details.preconditions ?? [];
    this.requestId = details.requestId;
  }

  /**
   * The same error about a field of another request: that of the caller, where a service asked a second one with a part
   * of it. Other errors than about fields stay as they are.
   */
  aboutField(field: string): RpcError {
    if (this.fields.length === 0) return this;
    return new RpcError({ ...this, message: this.message, fields: this.fields.map((each) => ({ ...each, field })) });
  }
}
