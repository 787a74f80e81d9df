import type { Ordering } from "@slipway/documents";
import { fail } from "@slipway/rpc";

/** What each field of `order_by` sorts by. */
export type OrderFields = Readonly<Record<string, Ordering["by"]>>;

/** Reads `order_by` (AIP-132): one field, ` desc` behind it for descending; empty gives the fallback. */
export function parseOrderBy(text: string, fields: OrderFields, fallback: Ordering): Ordering {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const [name, direction = "asc"] = words;
  if (name === undefined) return fallback;
  const known = Object.keys(fields).join(", ");
  const by = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (by === undefined)
    throw fail("ORDER_BY_INVALID", { order_by: text, problem: `there is no field "${name}"`, known });
  if (words.length > 2 || (direction !== "asc" && direction !== "desc")) {
    throw fail("ORDER_BY_INVALID", { order_by: text, problem: "only one field and a direction are understood", known });
  }
  return { by, direction: direction === "desc" ? "descending" : "ascending" };
}
