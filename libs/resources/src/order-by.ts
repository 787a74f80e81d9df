import type { Ordering } from "@slipway/documents";
import { fail } from "@slipway/rpc";

/** What each field of `order_by` sorts by; a function stands for a field with a key behind a dot, `metrics.f1`. */
export type OrderFields = Readonly<Record<string, Ordering["by"] | ((key: string) => Ordering["by"])>>;

/** Reads `order_by` (AIP-132): one field, ` desc` behind it for descending; empty gives the fallback. */
export function parseOrderBy(text: string, fields: OrderFields, fallback: Ordering): Ordering {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const [name, direction = "asc"] = words;
  if (name === undefined) return fallback;
  const known = Object.entries(fields)
    .map(([field, by]) => (typeof by === "function" ? `${field}.<key>` : field))
    .join(", ");
  const by = fieldOf(name, fields);
  if (by === undefined)
    throw fail("ORDER_BY_INVALID", { order_by: text, problem: `there is no field "${name}"`, known });
  if (words.length > 2 || (direction !== "asc" && direction !== "desc")) {
    throw fail("ORDER_BY_INVALID", { order_by: text, problem: "only one field and a direction are understood", known });
  }
  return { by, direction: direction === "desc" ? "descending" : "ascending" };
}

function fieldOf(name: string, fields: OrderFields): Ordering["by"] | undefined {
  const [fieldName = "", ...rest] = name.split(".");
  const field = Object.hasOwn(fields, fieldName) ? fields[fieldName] : undefined;
  const key = rest.join(".");
  if (typeof field === "function") return key === "" ? undefined : field(key);
  return rest.length === 0 ? field : undefined;
}
