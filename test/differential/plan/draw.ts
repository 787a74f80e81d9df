import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";

/** Tenants whose names are tried from elsewhere. */
const TENANTS = ["alpha", "beta", "nobody"];

/** One of these, each as likely as its weight. */
export function weighted<Value>(...choices: [weight: number, arbitrary: fc.Arbitrary<Value>][]): fc.Arbitrary<Value> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** One of what is known; the newest are likelier. Without any, the fallback. */
export function known(values: Iterable<string>, fallback: string): fc.Arbitrary<string> {
  const all = [...values];
  if (all.length === 0) return fc.constant(fallback);
  return weighted([1, fc.constantFrom(...all)], [1, fc.constantFrom(...all.slice(-5))]);
}

/** A ProtoJSON object: some fields always, others in so many of a hundred. */
export function fields(
  always: Record<string, fc.Arbitrary<JsonValue>>,
  sometimes: Record<string, [percent: number, fc.Arbitrary<JsonValue>]> = {},
): fc.Arbitrary<JsonObject> {
  const parts: Record<string, fc.Arbitrary<JsonValue | undefined>> = { ...always };
  for (const [name, [percent, arbitrary]] of Object.entries(sometimes)) {
    parts[name] = weighted<JsonValue | undefined>([percent, arbitrary], [100 - percent, fc.constant(undefined)]);
  }
  return fc.record(parts).map((object) => {
    const present = Object.entries(object).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
    return Object.fromEntries(present);
  });
}

/** A resource name as clients write it: mostly plain, sometimes full, of another tenant, or of no form at all. */
export function spelled(tenant: KnownTenant, name: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return weighted(
    [30, name],
    [2, name.map((plain) => `tenants/${tenant.name}/${plain}`)],
    [1, fc.tuple(fc.constantFrom(...TENANTS), name).map(([other, plain]) => `tenants/${other}/${plain}`)],
    [
      1,
      fc.constantFrom("", "models", "models/", "x/y", "models/a/b/c", "runs/1", "tenants//models/iris", "users/Ada!"),
    ],
  );
}

export const NO_UID = "00000000-0000-4000-8000-000000000000";

/** The field `requestId`. */
export function requestId(): [percent: number, fc.Arbitrary<JsonValue>] {
  const arbitrary = weighted([40, fc.uuid({ version: 4 })], [1, fc.constantFrom("no-uuid", `${NO_UID} `)]);
  return [30, arbitrary];
}

/** The field `etag` for a resource: mostly the newest, else an older one or nonsense. */
export function etag(tenant: KnownTenant, name: string): [percent: number, fc.Arbitrary<JsonValue>] {
  const etags = tenant.etags.get(name) ?? ["r1"];
  return [
    30,
    weighted(
      [6, fc.constant(etags.at(-1) ?? "")],
      [3, fc.constantFrom(...etags)],
      [1, fc.constantFrom("r0", "x", '"')],
    ),
  ];
}

/** Sizes of pages: small ones, so that there is something to turn, and impossible ones. */
export function pageSize(): [percent: number, fc.Arbitrary<JsonValue>] {
  return [80, weighted([10, fc.constantFrom(1, 2, 3, 5, 1000)], [1, fc.constantFrom(0, -1, 1001)])];
}

/** A token that no server gave. */
export function badPageToken(): [percent: number, fc.Arbitrary<JsonValue>] {
  return [2, fc.constantFrom("x", "bm90IEpTT04", "W10", "«»")];
}
