import { getOption } from "@bufbuild/protobuf";
import { Role, rule } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { onBehalfOf } from "@slipway/rpc";
import fc from "fast-check";
import type { Caller, Knowledge } from "../known/knowledge.ts";
import { methodNamed } from "../world/services.ts";
import { weighted } from "./draw.ts";

/** The platform's first key and the services' credential, under the aliases that every world gives them. */
export const PLATFORM_ADMINISTRATOR: Caller = {
  name: "the platform administrator",
  tenant: "platform",
  principal: "",
  role: "PLATFORM",
  headers: { authorization: "Bearer slw_«key 1»_«secret 1»" },
};

const SERVICE = { authorization: "Bearer «service 1»" };

/** A service that acts for a tenant. */
export function service(knowledge: Knowledge, tenant: string): Caller {
  const { uid } = knowledge.tenant(tenant);
  const headers = { ...SERVICE, ...onBehalfOf(uid, tenant, "users/carl") };
  return { name: `a service on behalf of ${tenant}`, tenant, principal: "users/carl", role: "SERVICE", headers };
}

const NOBODIES: Caller[] = [
  { name: "somebody without a key", tenant: "nobody", principal: "", role: "NOBODY", headers: {} },
  {
    name: "somebody with half a key",
    tenant: "nobody",
    principal: "",
    role: "NOBODY",
    headers: { authorization: "Bearer slw_x" },
  },
  { name: "a service for nobody", tenant: "platform", principal: "", role: "SERVICE", headers: SERVICE },
  {
    name: "a user who says to be a service",
    tenant: "nobody",
    principal: "",
    role: "NOBODY",
    headers: { ...PLATFORM_ADMINISTRATOR.headers, ...onBehalfOf("x", "alpha", "users/ada") },
  },
];

/** Who calls a method: mostly somebody who may. */
export function callers(knowledge: Knowledge, method: string): fc.Arbitrary<Caller> {
  const { minimumRole, servicesOnly, platformAdministratorsOnly } = getOption(methodNamed(method), rule);
  const of = (tenant: string, roles: readonly Caller["role"][]) => {
    const found = knowledge.callers.filter((caller) => caller.tenant === tenant && roles.includes(caller.role));
    return fc.constantFrom(...(found.length === 0 ? NOBODIES : found));
  };
  const usual = weighted(
    [24, of("alpha", ["ADMIN"])],
    [minimumRole > Role.CONTRIBUTOR ? 2 : 20, of("alpha", ["CONTRIBUTOR"])],
    [minimumRole > Role.REVIEWER ? 1 : 3, of("alpha", ["REVIEWER"])],
    [minimumRole > Role.VIEWER ? 1 : 8, of("alpha", ["VIEWER"])],
    [9, of("beta", ["ADMIN", "CONTRIBUTOR"])],
    [2, of("beta", ["VIEWER"])],
    [2, of("gamma", ["ADMIN", "CONTRIBUTOR", "REVIEWER", "VIEWER"])],
  );
  const services = fc.constantFrom(
    service(knowledge, "alpha"),
    service(knowledge, "alpha"),
    service(knowledge, "beta"),
  );
  const platform = fc.constant(PLATFORM_ADMINISTRATOR);
  const unusual = weighted([2, fc.constantFrom(...NOBODIES)], [1, services], [1, platform]);
  if (servicesOnly) return weighted([8, services], [1, usual], [1, unusual]);
  if (platformAdministratorsOnly) return weighted([6, platform], [1, usual], [1, unusual]);
  return weighted([24, usual], [1, unusual]);
}
