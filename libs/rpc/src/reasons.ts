import type { Code } from "./code.ts";

interface ReasonDefinition {
  code: Code;
  /** Says what is wrong and what to do next; `{name}` is filled from the values given to `fail`. */
  message: string;
}

/**
 * Every reason for which Slipway refuses or fails a call: the ErrorInfo reason (domain `slipway`), its status code and
 * its message. A reason, once released, keeps its name, code and placeholders: clients rely on them.
 */
export const REASONS = {
  // Any request
  REQUEST_INVALID: {
    code: "INVALID_ARGUMENT",
    message: "The request is invalid: {summary}. Correct the listed fields and send it again.",
  },
  REQUEST_MALFORMED: {
    code: "INVALID_ARGUMENT",
    message: "The message is not a valid {type}. Generate the client from the same proto files as the server.",
  },
  REQUEST_ID_REUSED: {
    code: "INVALID_ARGUMENT",
    message: "The request id {request_id} was used for a different request. Use a new id for every new request.",
  },
  RESOURCE_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    message: '"{name}" is not a valid name here: {problem}. The form is {form}.',
  },
  FILTER_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      "The filter is wrong at character {position}: {problem}. Correct it there; docs/search.md has the language.",
  },
  ORDER_BY_INVALID: {
    code: "INVALID_ARGUMENT",
    message: 'order_by "{order_by}" is wrong: {problem}. Use one of {known}, optionally followed by " desc".',
  },
  PAGE_TOKEN_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      "The page token does not belong to this query. Keep filter and order as they were when it was given, or start again without one.",
  },
  MASK_PATH_INVALID: {
    code: "INVALID_ARGUMENT",
    message: 'The update mask names "{path}", which cannot be updated. Use one of {known}.',
  },
  ETAG_MISMATCH: {
    code: "ABORTED",
    message: "{name} was changed since you read it. Read it again and repeat your change on top.",
  },
  CONCURRENT_CHANGE: {
    code: "ABORTED",
    message: "{name} was changed by others at the same moment. Nothing was done; try again.",
  },
  EVENT_POSITION_INVALID: {
    code: "OUT_OF_RANGE",
    message: "There is no event {position} yet; the last one is {last}. Start after that one or an earlier one.",
  },
  // Access
  KEY_MISSING: {
    code: "UNAUTHENTICATED",
    message: "The call carries no key. Set SLIPWAY_KEY, or send the header `authorization: Bearer <key>`.",
  },
  KEY_MALFORMED: {
    code: "UNAUTHENTICATED",
    message: "The key is incomplete or has another form than slw_<id>_<secret>. Copy the whole key and try again.",
  },
  KEY_UNKNOWN: {
    code: "UNAUTHENTICATED",
    message: "The server does not know this key. Check SLIPWAY_URL, or ask an administrator for a new key.",
  },
  KEY_EXPIRED: {
    code: "UNAUTHENTICATED",
    message: "The key expired at {expire_time}. Ask an administrator for a new key.",
  },
  KEY_REVOKED: {
    code: "UNAUTHENTICATED",
    message: "The key was revoked. Ask an administrator for a new key.",
  },
  KEY_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List those that exist with `slipway keys list`.",
  },
  KEYS_DISABLED: {
    code: "FAILED_PRECONDITION",
    message: "The server runs in open mode, which has no keys. Start it with SLIPWAY_AUTH=keys.",
  },
  ROLE_REQUIRED: {
    code: "PERMISSION_DENIED",
    message:
      "{method} needs the role {required}; {principal} has the role {role}. Ask an administrator of your tenant for a key with that role.",
  },
  SERVICE_REQUIRED: {
    code: "PERMISSION_DENIED",
    message: "{method} is for Slipway's own services. Use the other methods of the service instead.",
  },
  PLATFORM_ADMINISTRATOR_REQUIRED: {
    code: "PERMISSION_DENIED",
    message: "{method} is for the platform administrator. Use the platform administrator's key.",
  },
  ON_BEHALF_OF_REFUSED: {
    code: "PERMISSION_DENIED",
    message: "{principal} may not act on behalf of others. Leave out the slipway-on-behalf-of headers.",
  },
  ON_BEHALF_OF_INVALID: {
    code: "INVALID_ARGUMENT",
    message: "The slipway-on-behalf-of headers are incomplete or malformed: {problem}. Send both tenant and principal.",
  },
  TENANT_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name} that you can see. Check the spelling.",
  },
  TENANT_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already. Choose another name.",
  },
  TENANT_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    message: 'A tenant cannot be named "{name}". Use 1 to 63 of a-z, 0-9 and -, and begin with a letter.',
  },
  PRINCIPAL_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. Check the spelling, or create it first.",
  },
  PRINCIPAL_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already. Use it, or choose another name.",
  },
  PRINCIPAL_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      'A principal cannot be named "{name}": {problem}. Use users/<name> or serviceAccounts/<name>, the name of a-z, 0-9, ".", "_" and "-".',
  },
  PRINCIPAL_DISABLED: {
    code: "UNAUTHENTICATED",
    message: "{name} is disabled. Ask an administrator, or use a key of another principal.",
  },
  // Models and versions
  MODEL_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. Check the spelling, or list models with `slipway models list`.",
  },
  MODEL_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already, maybe as a deleted model. Use, undelete or purge it, or choose another name.",
  },
  MODEL_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      'A model cannot be named "{name}": {problem}. Use 1 to 256 visible characters, without / : @ % and not only dots.',
  },
  MODEL_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is deleted. Undelete it first.",
  },
  MODEL_NOT_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is not deleted. Delete it first.",
  },
  VERSION_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name} that you can see. List what exists with `slipway versions list`.",
  },
  VERSION_NUMBER_TAKEN: {
    code: "ALREADY_EXISTS",
    message:
      "The number {version} is taken, maybe by a deleted version; numbers are never reused. Use {next}, or let a bump choose.",
  },
  VERSION_NUMBER_INVALID: {
    code: "INVALID_ARGUMENT",
    message: '"{version}" is not a version number: {problem}. Use MAJOR.MINOR.PATCH as in semver 2.0.0, such as 1.2.0.',
  },
  VERSION_BUMP_TOO_SMALL: {
    code: "INVALID_ARGUMENT",
    message:
      "{version} promises less than the change of the signature since {previous}: {differences}. Use at least {needed}.",
  },
  VERSION_BASE_NOT_FOUND: {
    code: "INVALID_ARGUMENT",
    message: "The base {base} is no version of {model}. Choose one from `slipway versions list`.",
  },
  VERSION_STATE_WRONG: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}, which does not allow this; it must be {needed}.",
  },
  VERSION_NOT_VALIDATING: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}: another run has decided. There is nothing left to do.",
  },
  VERSION_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is deleted. Undelete it first.",
  },
  VERSION_IN_USE: {
    code: "FAILED_PRECONDITION",
    message: "{name} is in use: {uses}. Move or remove these first.",
  },
  VERSION_QUARANTINED: {
    code: "PERMISSION_DENIED",
    message: "{name} was found dangerous and is quarantined. An administrator can download it with an explicit flag.",
  },
  VERSION_WITHDRAWN: {
    code: "FAILED_PRECONDITION",
    message: "{name} was withdrawn: {withdrawal}. Use another version.",
  },
  SELECTOR_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      '"{selector}" is no selector: {problem}. Use an exact version, a semver range, "latest", a stage or an alias.',
  },
  SELECTOR_NOT_FOUND: {
    code: "NOT_FOUND",
    message: 'No version of {model} matches "{selector}". List what exists with `slipway versions list`.',
  },
  ALIAS_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      '"{alias}" cannot be an alias: {problem}. Use a-z, 0-9, _ and -, begin with a letter, and avoid stages, "latest" and v<digits>.',
  },
  ALIAS_NOT_FOUND: {
    code: "NOT_FOUND",
    message: '{model} has no alias "{alias}". Look at the model for those that it has.',
  },
  // Uploads and artifacts
  UPLOAD_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. It may have expired; start a new upload.",
  },
  UPLOAD_NOT_OPEN: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}. Start a new upload.",
  },
  UPLOAD_EMPTY: {
    code: "FAILED_PRECONDITION",
    message: "{name} has no files. Upload at least one, then complete it.",
  },
  UPLOAD_FILE_INCOMPLETE: {
    code: "FAILED_PRECONDITION",
    message:
      "{count} files of {name} are incomplete, the first of them {path}. Send them to their end, then complete it.",
  },
  UPLOAD_FILE_BUSY: {
    code: "ABORTED",
    message: "Another call is writing {path}. Wait until it ends, then try again.",
  },
  UPLOAD_HEADER_MISSING: {
    code: "INVALID_ARGUMENT",
    message: "The first message of UploadFile must be a header, and only the first: {problem}. Send the header first.",
  },
  UPLOAD_OFFSET_MISMATCH: {
    code: "INVALID_ARGUMENT",
    message: "{path} cannot continue at {offset}; {expected} bytes of it are durable. Send from there, or from 0.",
  },
  PATH_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      'The path "{path}" cannot be stored: {problem}. Use relative NFC paths with / between their parts, distinct without regard to case.',
  },
  FILE_DIGEST_MISMATCH: {
    code: "INVALID_ARGUMENT",
    message: "The bytes of {path} have the SHA-256 {actual}, not {expected}. Send the file again.",
  },
  FILE_SIZE_MISMATCH: {
    code: "INVALID_ARGUMENT",
    message: "{path} has {actual} bytes, not {expected}. Send the file again.",
  },
  FILE_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "{artifact} has no file {path}. List its files with ListFiles.",
  },
  RANGE_INVALID: {
    code: "OUT_OF_RANGE",
    message: "The offset {offset} lies outside of {path}, which has {size} bytes. Ask for a range inside.",
  },
  ARTIFACT_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name} that you can see. Check the digest, or push the files.",
  },
  ARTIFACT_NOT_READY: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}. Wait until it is READY.",
  },
  ARTIFACT_CORRUPT: {
    code: "FAILED_PRECONDITION",
    message: "The bytes of {name} are not those that its digest promises. Push the files again.",
  },
  ARTIFACT_DIGEST_MISMATCH: {
    code: "INVALID_ARGUMENT",
    message: "The files make the artifact {actual}, not {expected}. Check which files were uploaded.",
  },
  ARTIFACT_DATA_LOST: {
    code: "DATA_LOSS",
    message: "Bytes of {name} are missing or damaged in the store. Push the same files again to repair it.",
  },
  DOWNLOAD_FORBIDDEN: {
    code: "PERMISSION_DENIED",
    message: "No published version that you can see uses {name}. Ask a contributor of the model to publish one.",
  },
  REFERENCE_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. It may have expired; acquire it again.",
  },
  // Workflows and runs
  WORKFLOW_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway workflow list`.",
  },
  WORKFLOW_INVALID: {
    code: "INVALID_ARGUMENT",
    message: "The workflow cannot run: {problem}. Correct the listed fields and apply it again.",
  },
  WORKFLOW_SYSTEM: {
    code: "FAILED_PRECONDITION",
    message: "{name} belongs to the system: {problem}. Use a workflow of your own.",
  },
  RUN_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway runs list`.",
  },
  RUN_SUBJECT_MISSING: {
    code: "INVALID_ARGUMENT",
    message: "The step {step} of {workflow} needs a version. Name one as the subject of the run.",
  },
  RUN_ENDED: {
    code: "FAILED_PRECONDITION",
    message: "{name} has ended as {state}. Start a new run.",
  },
  RUN_NOT_RETRYABLE: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}; only a failed or cancelled run can be retried. Start a new run.",
  },
  STEP_LEASE_LOST: {
    code: "ABORTED",
    message: "Another worker runs the step {step} now. Drop this result; the other one counts.",
  },
  // Limits, dependencies, transport
  MESSAGE_TOO_LARGE: {
    code: "RESOURCE_EXHAUSTED",
    message: "The message has {size_bytes} bytes, the limit is {limit_bytes}. Send less in one message.",
  },
  QUOTA_EXCEEDED: {
    code: "RESOURCE_EXHAUSTED",
    message: "The tenant has used up its {quota} of {limit}. Delete what is no longer needed, or ask for more.",
  },
  STORAGE_FULL: {
    code: "RESOURCE_EXHAUSTED",
    message: "The storage of the server is full. Nothing was changed; free space on the server, then try again.",
  },
  DEPENDENCY_UNAVAILABLE: {
    code: "UNAVAILABLE",
    message: "{dependency} cannot be reached at the moment. Try again shortly.",
  },
  SERVER_UNREACHABLE: {
    code: "UNAVAILABLE",
    message: "No server answers at {url}. Check SLIPWAY_URL, and that `slipway serve` runs there.",
  },
  SERVER_DRAINING: {
    code: "UNAVAILABLE",
    message: "The server is shutting down. Try again shortly.",
  },
  METHOD_UNKNOWN: {
    code: "UNIMPLEMENTED",
    message: "The server has no method {method}. Check the address, and that the server is as new as the client.",
  },
  CALL_CANCELLED: {
    code: "CANCELLED",
    message: "The call was cancelled before it ended. Look whether it took effect before trying again.",
  },
  DEADLINE_PASSED: {
    code: "DEADLINE_EXCEEDED",
    message: "The call took longer than its deadline. Look whether it took effect before trying again.",
  },
  RESPONSE_MISSING: {
    code: "INTERNAL",
    message: "The server ended {method} without a response. Check that the address is that of a Slipway server.",
  },
  INTERNAL_ERROR: {
    code: "INTERNAL",
    message: "The server failed unexpectedly. Its log has the cause under the request id {request_id}; report it.",
  },
} as const satisfies Record<string, ReasonDefinition>;

/** A registered reason. */
export type Reason = keyof typeof REASONS;

type Placeholders<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The values that the message of a reason needs: one for each of its placeholders. */
export type ReasonValues<R extends Reason> = Record<
  Placeholders<(typeof REASONS)[R]["message"]>,
  string | number | bigint
>;

/** Whether a text is a registered reason. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}
