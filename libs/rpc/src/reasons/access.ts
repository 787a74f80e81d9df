import type { ReasonDefinition } from "./definition.ts";

/** Reasons about keys, roles, tenants and principals. */
export const ACCESS_REASONS = {
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
    field: "GIVEN",
    message: "The slipway-on-behalf-of headers are incomplete or malformed: {problem}. Send both tenant and principal.",
  },
  TENANT_FORBIDDEN: {
    code: "PERMISSION_DENIED",
    message:
      "{name} belongs to another tenant, which does not share it. Use names of your own tenant, or ask for it to be shared.",
  },
  TENANT_EXISTS: {
    code: "ALREADY_EXISTS",
    message: "{name} exists already. Choose another name.",
  },
  TENANT_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "tenant.name",
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
    field: "GIVEN",
    message:
      'A principal cannot be named "{name}": {problem}. Use users/<name> or serviceAccounts/<name>, the name of a-z, 0-9, ".", "_" and "-".',
  },
  PRINCIPAL_DISABLED: {
    code: "UNAUTHENTICATED",
    message: "{name} is disabled. Ask an administrator, or use a key of another principal.",
  },
} as const satisfies Record<string, ReasonDefinition>;
