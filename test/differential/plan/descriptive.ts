import type { JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { TAG_KEYS, TEXTS } from "../words.ts";
import { known, weighted } from "./draw.ts";
import type { FilterWords } from "./filters.ts";

type Sometimes = [percent: number, fc.Arbitrary<JsonValue>];

const text = fc.constantFrom(...TEXTS);
const tagKey = fc.constantFrom(...TAG_KEYS);
const tags = weighted<JsonValue>(
  [20, fc.dictionary(tagKey, weighted([6, text], [1, fc.constant("")]), { maxKeys: 3, noNullPrototype: true })],
  [1, fc.constant({ "": "no key" })],
);
const labels = weighted<JsonValue>(
  [20, fc.uniqueArray(text, { maxLength: 3 })],
  [1, fc.constantFrom<JsonValue>(["twice", "twice"], [""])],
);

/** The fields in which people describe models and versions. */
export const described: Record<string, Sometimes> = {
  description: [40, text],
  tags: [50, tags],
  labels: [50, labels],
  author: [40, weighted([20, text], [1, fc.constant("x".repeat(257))])],
};

/** Paths of update masks. */
export function maskPaths(updatable: readonly string[]): fc.Arbitrary<string> {
  return weighted(
    [8, fc.uniqueArray(fc.constantFrom(...updatable), { minLength: 1, maxLength: 3 }).map((paths) => paths.join(","))],
    [3, tagKey.filter((key) => /^[a-z]+$/.test(key)).map((key) => `tags.${key}`)],
    [1, fc.constantFrom("*", "name", "etag", "tags.", "artifact", "uid,description")],
  );
}

/** What filters of models and versions compare. */
export function describedWords(tenant: KnownTenant): FilterWords {
  const time = weighted(
    [9, known(tenant.times, "2026-01-01T00:00:00Z")],
    [1, fc.constantFrom("2026-01-01", "2026-01-01T08:00:00+08:00", "soon")],
  );
  return {
    author: text,
    creator: known(tenant.principals, "users/ada"),
    labels: text,
    "tags.env": text,
    "tags.环境": text,
    create_time: time,
    update_time: time,
  };
}
