import type { ReasonDefinition } from "./definition.ts";

/** Reasons of limits, dependencies and the transport itself. */
export const TRANSPORT_REASONS = {
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
  SERVER_UNTRUSTED: {
    code: "UNAVAILABLE",
    message:
      "The certificate of {url} is not trusted: {problem}. Set SLIPWAY_TLS_AUTHORITIES to a file with the authority that signed it.",
  },
  SERVER_DRAINING: {
    code: "UNAVAILABLE",
    message: "The server is shutting down. Try again shortly.",
  },
  HEADER_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "NONE",
    message: "The header {name} cannot be sent. Use a text name and printable ASCII; look for a stray line break.",
  },
  METHOD_UNKNOWN: {
    code: "UNIMPLEMENTED",
    message: "The server has no method {method}. Check the address, and that the server is as new as the client.",
  },
  SERVICE_UNKNOWN: {
    code: "NOT_FOUND",
    message: 'No service "{service}" is served here. Ask for one that reflection lists, or for the empty name.',
  },
  CALL_CANCELLED: {
    code: "CANCELLED",
    message: "The call was cancelled before it ended. Look whether it took effect before trying again.",
  },
  DEADLINE_PASSED: {
    code: "DEADLINE_EXCEEDED",
    message: "The call took longer than its deadline. Look whether it took effect before trying again.",
  },
  ADDRESS_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "NONE",
    message: '"{url}" is not the address of a server. Use http://host:port, or https://host:port for TLS.',
  },
  RESPONSE_MALFORMED: {
    code: "INTERNAL",
    message:
      "The server answered {method} with something else than a {type}. Use a client and a server of one release.",
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
