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
  // Input
  REQUEST_INVALID: {
    code: "INVALID_ARGUMENT",
    message: "The request is invalid: {summary}. Correct the listed fields and send it again.",
  },
  REQUEST_MALFORMED: {
    code: "INVALID_ARGUMENT",
    message: "The message is not a valid {type}. Generate the client from the same proto files as the server.",
  },
  RESOURCE_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    message: '"{name}" is not a valid name here: {problem}. The form is {form}.',
  },
  SELECTOR_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      '"{selector}" selects no version: {problem}. Use an exact version, a semver range, "latest", a stage or an alias.',
  },
  FILTER_INVALID: {
    code: "INVALID_ARGUMENT",
    message: "The filter is wrong at character {position}: {problem}. See the filter language in docs/search.md.",
  },
  FILTER_FIELD_UNKNOWN: {
    code: "INVALID_ARGUMENT",
    message: 'The filter names the field "{field}", which does not exist. Known fields: {known}.',
  },
  ORDER_BY_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      'order_by "{order_by}" is wrong: {problem}. Use a field and, after a space, "desc". Known fields: {known}.',
  },
  PAGE_TOKEN_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      "The page token does not belong to this query. Send the token of the last response with unchanged filter and order, or start again without one.",
  },
  FIELD_MASK_INVALID: {
    code: "INVALID_ARGUMENT",
    message: 'The update mask names "{path}", which cannot be updated. Paths that can: {known}.',
  },
  MESSAGE_TOO_LARGE: {
    code: "RESOURCE_EXHAUSTED",
    message: "The message is {size} bytes large, more than the limit of {limit}. Send less in one message.",
  },
  // Access
  CREDENTIAL_MISSING: {
    code: "UNAUTHENTICATED",
    message: "The call carries no key. Set SLIPWAY_KEY, or send the header `authorization: Bearer <key>`.",
  },
  CREDENTIAL_INVALID: {
    code: "UNAUTHENTICATED",
    message: "The key is malformed, unknown, expired or revoked. Ask an administrator of your tenant for a new one.",
  },
  ROLE_REQUIRED: {
    code: "PERMISSION_DENIED",
    message:
      "{method} needs the role {required}; {principal} has the role {role}. Ask an administrator of your tenant for a key with that role.",
  },
  SERVICE_REQUIRED: {
    code: "PERMISSION_DENIED",
    message: "{method} is for Slipway's own services. Use the public methods of the service instead.",
  },
  PLATFORM_ADMIN_REQUIRED: {
    code: "PERMISSION_DENIED",
    message: "{method} is for platform administrators. Use the key that was printed when the platform was set up.",
  },
  ON_BEHALF_OF_REFUSED: {
    code: "PERMISSION_DENIED",
    message: "{principal} may not act on behalf of others. Leave out the slipway-on-behalf-of headers.",
  },
  TENANT_MISMATCH: {
    code: "PERMISSION_DENIED",
    message: "The name belongs to another tenant, which shares nothing with yours. Use names of your own tenant.",
  },
  // Limits, dependencies, transport
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
    message: "{dependency} cannot be reached at the moment. Nothing was changed; try again shortly.",
  },
  SERVER_UNREACHABLE: {
    code: "UNAVAILABLE",
    message: "No server answers at {url}. Check SLIPWAY_URL, and that `slipway serve` runs there.",
  },
  SERVER_DRAINING: {
    code: "UNAVAILABLE",
    message: "The server is shutting down. Try again; another one will answer.",
  },
  METHOD_UNKNOWN: {
    code: "UNIMPLEMENTED",
    message: "The server has no method {method}. Check the address, and that the server is as new as the client.",
  },
  CALL_CANCELLED: {
    code: "CANCELLED",
    message: "The call was cancelled by the client.",
  },
  DEADLINE_PASSED: {
    code: "DEADLINE_EXCEEDED",
    message: "The call took longer than its deadline. It may still have taken effect; look before trying again.",
  },
  RESPONSE_MISSING: {
    code: "INTERNAL",
    message: "The server ended {method} without a response. Check that the address is that of a Slipway server.",
  },
  INTERNAL_ERROR: {
    code: "INTERNAL",
    message: "The server failed unexpectedly. Its log has the cause under the request id {request_id}.",
  },
  // Any resource
  ETAG_MISMATCH: {
    code: "ABORTED",
    message: "{name} was changed by somebody else since you read it. Read it again and repeat your change on top.",
  },
  REQUEST_ID_REUSED: {
    code: "ALREADY_EXISTS",
    message: "The request id {request_id} was used for a different request. Use a new id for every new request.",
  },
  CONCURRENT_CHANGE: {
    code: "ABORTED",
    message: "{name} was changed at the same moment. Nothing was done; try again.",
  },
  // Tenants, principals, keys
  TENANT_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name} that you can see. Check the spelling.",
  },
  TENANT_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already. Choose another name.",
  },
  PRINCIPAL_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List those that exist with ListPrincipals.",
  },
  PRINCIPAL_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already. Choose another name.",
  },
  PRINCIPAL_DISABLED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is disabled. Use or create another principal.",
  },
  KEY_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List those that exist with `slipway keys list`.",
  },
  KEYS_DISABLED: {
    code: "FAILED_PRECONDITION",
    message: "The server runs in open mode, which has no keys. Start it with SLIPWAY_AUTH=keys.",
  },
  // Models and versions
  MODEL_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. Check the spelling, or list models with `slipway models list`.",
  },
  MODEL_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already. Use it, or choose another name.",
  },
  MODEL_NAME_TAKEN: {
    code: "ALREADY_EXISTS",
    message: "{name} is the name of a deleted model. Undelete it, purge it, or choose another name.",
  },
  MODEL_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      'A model cannot be named "{name}": {problem}. Use 1 to 256 characters without / : @ % and control characters.',
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
    message: "There is no {name}. List what exists with `slipway versions list`.",
  },
  VERSION_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "The version {version} exists already, and numbers are never reused. Use {next} or a bump.",
  },
  VERSION_NUMBER_USED: {
    code: "ALREADY_EXISTS",
    message: "The number {version} belonged to a deleted version, and numbers are never reused. Use {next} or a bump.",
  },
  VERSION_NUMBER_INVALID: {
    code: "INVALID_ARGUMENT",
    message: '"{version}" is not a version number: {problem}. Use MAJOR.MINOR.PATCH as in semver 2.0.0, such as 1.2.0.',
  },
  VERSION_BUMP_TOO_SMALL: {
    code: "FAILED_PRECONDITION",
    message:
      "{version} promises less than the change of signature against {previous} needs: {differences}. Use {needed}.",
  },
  VERSION_STATE_WRONG: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}, which does not allow this; it must be {needed}.",
  },
  VERSION_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is deleted. Undelete it first.",
  },
  VERSION_NOT_DELETED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is not deleted. There is nothing to undelete.",
  },
  VERSION_WITHDRAWN: {
    code: "FAILED_PRECONDITION",
    message: "{name} was withdrawn: {withdrawal}. Use another version.",
  },
  SELECTOR_NO_MATCH: {
    code: "NOT_FOUND",
    message: 'No version of {model} matches "{selector}". List what exists with `slipway versions list`.',
  },
  ALIAS_INVALID: {
    code: "INVALID_ARGUMENT",
    message:
      '"{alias}" cannot be an alias: {problem}. Use a-z, 0-9, _ and -, begin with a letter, and avoid stage names, "latest" and v<digits>.',
  },
  ALIAS_NOT_FOUND: {
    code: "NOT_FOUND",
    message: '{model} has no alias "{alias}". The model lists those that it has.',
  },
  // Uploads and artifacts
  UPLOAD_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. It may have expired; start a new upload.",
  },
  UPLOAD_STATE_WRONG: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}, which does not allow this. Start a new upload.",
  },
  UPLOAD_INCOMPLETE: {
    code: "FAILED_PRECONDITION",
    message: "{name} lacks {count} files, the first of them {path}. Upload them, then complete it again.",
  },
  UPLOAD_OFFSET_WRONG: {
    code: "FAILED_PRECONDITION",
    message: "{path} continues at {expected}, not at {offset}. Ask GetUpload where to continue, and send from there.",
  },
  UPLOAD_EMPTY: {
    code: "INVALID_ARGUMENT",
    message: "An artifact needs at least one file. Upload a folder with files in it.",
  },
  FILE_PATH_INVALID: {
    code: "INVALID_ARGUMENT",
    message: 'The path "{path}" cannot be stored: {problem}. Use relative NFC paths with / between their parts.',
  },
  FILE_PATH_CLASH: {
    code: "INVALID_ARGUMENT",
    message: 'The paths "{path}" and "{other}" differ by case only. Rename one of them.',
  },
  FILE_DIGEST_MISMATCH: {
    code: "FAILED_PRECONDITION",
    message: "The bytes of {path} have the SHA-256 {actual}, not {expected}. Send the file again.",
  },
  FILE_SIZE_MISMATCH: {
    code: "FAILED_PRECONDITION",
    message: "{path} has {actual} bytes, not {expected}. Send the file again.",
  },
  FILE_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "{artifact} has no file {path}. List its files with ListFiles.",
  },
  FILE_RANGE_INVALID: {
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
    code: "DATA_LOSS",
    message: "{name} does not have the bytes that its digest promises. Push the files again.",
  },
  ARTIFACT_QUARANTINED: {
    code: "PERMISSION_DENIED",
    message: "{name} was found dangerous and is quarantined. An administrator can download it with an explicit flag.",
  },
  DOWNLOAD_REFUSED: {
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
  WORKFLOW_PROTECTED: {
    code: "FAILED_PRECONDITION",
    message: "{name} is built in: {problem}. Add steps of your own instead.",
  },
  RUN_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. List what exists with `slipway runs list`.",
  },
  RUN_STATE_WRONG: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}, which does not allow this; it must be {needed}.",
  },
  STEP_LEASE_LOST: {
    code: "ABORTED",
    message: "The step is run by another worker now. Drop this result; the other one counts.",
  },
  // Events
  EVENT_POSITION_INVALID: {
    code: "OUT_OF_RANGE",
    message: "There is no event {position} yet; the last one is {last}. Start at or before the last one.",
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
