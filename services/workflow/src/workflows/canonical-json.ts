import { createHash } from "node:crypto";
import type { JsonValue } from "@bufbuild/protobuf";

/**
 * JSON text that is the same for equal values: keys sorted by code unit, no spaces, numbers and strings as
 * JSON.stringify writes them (the essence of RFC 8785).
 */
function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

/** SHA-256 of the canonical JSON, 64 lower-case hexadecimal digits. */
export function digestOf(value: JsonValue): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
