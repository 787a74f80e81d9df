import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Aliases } from "./aliases.ts";

/**
 * ProtoJSON as it can be compared between worlds: ids, secrets and page tokens under their aliases, keys in order. How
 * often a run was written depends on how long its lease had to be kept, so its etag and revision say nothing.
 */
export function comparable(aliases: Aliases, value: JsonValue): JsonValue {
  if (typeof value === "string") return aliases.hide(value);
  if (Array.isArray(value)) return value.map((item) => comparable(aliases, item));
  if (value === null || typeof value !== "object") return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    const item = value[key] as JsonValue;
    if (key === "nextPageToken") result[key] = aliases.of("token", item as string);
    else if (dependsOnLeases(value, key)) result[key] = `«${key} of a run»`;
    else result[aliases.hide(key)] = comparable(aliases, item);
  }
  return result;
}

function dependsOnLeases(object: JsonObject, key: string): boolean {
  if (key === "etag") return "workflowDigest" in object;
  return key === "aggregateRevision" && object.type === "slipway.run.finished";
}

/** The same with this world's values in place of aliases: what is really sent. */
export function sendable<Value extends JsonValue>(aliases: Aliases, value: Value): Value {
  if (typeof value === "string") return aliases.show(value) as Value;
  if (Array.isArray(value)) return value.map((item) => sendable(aliases, item)) as unknown as Value;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => [aliases.show(key), sendable(aliases, item as JsonValue)]);
  return Object.fromEntries(entries) as Value;
}
