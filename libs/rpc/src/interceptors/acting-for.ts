import type { Caller } from "../caller.ts";
import { fail } from "../fail.ts";

const TENANT_HEADER = "slipway-on-behalf-of-tenant";
const PRINCIPAL_HEADER = "slipway-on-behalf-of-principal";

/** Headers that make a service's call one for a tenant and a principal. Service principals only may send them. */
export function onBehalfOf(tenantUid: string, tenant: string, principal: string): Record<string, string> {
  return { [TENANT_HEADER]: `${tenantUid}/${tenant}`, [PRINCIPAL_HEADER]: principal };
}

/** The caller as the on-behalf-of headers make it: still a service, but for another tenant and principal. */
export function actingFor(headers: ReadonlyMap<string, string>, caller: Caller): Caller {
  const target = headers.get(TENANT_HEADER);
  const principal = headers.get(PRINCIPAL_HEADER);
  if (target === undefined && principal === undefined) return caller;
  if (!caller.service) throw fail("ON_BEHALF_OF_REFUSED", { principal: caller.principal });
  const [tenantUid, tenant, ...more] = target?.split("/") ?? [];
  if (!tenantUid || !tenant || more.length > 0) {
    throw invalid(TENANT_HEADER, "must be <uid>/<name>");
  }
  if (!principal) throw invalid(PRINCIPAL_HEADER, "is missing");
  return { ...caller, tenantUid, tenant, principal };
}

function invalid(header: string, problem: string) {
  return fail("ON_BEHALF_OF_INVALID", { problem: `${header} ${problem}` }, { field: header });
}
