import type { Principal } from "@slipway/gen/slipway/access/v1/access_pb.js";
import { fail } from "@slipway/rpc";

const PART = "[a-z0-9][a-z0-9._-]{0,62}";
const USER = new RegExp(`^users/${PART}$`);
const SERVICE_ACCOUNT = new RegExp(`^serviceAccounts/${PART}$`);
const TENANT = /^[a-z][a-z0-9-]{0,62}$/;

/** Names that would be mistaken for something of the platform. */
const RESERVED_TENANTS = ["platform"];

/** The tenant's name behind `tenants/`; refuses with TENANT_NAME_INVALID. */
export function tenantNameOf(resourceName: string): string {
  const name = resourceName.replace(/^tenants\//, "");
  if (!isTenantName(name)) throw fail("TENANT_NAME_INVALID", { name });
  return name;
}

/** Whether a tenant could have the name. */
export function isTenantName(name: string): boolean {
  return TENANT.test(name) && !RESERVED_TENANTS.includes(name);
}

/** Refuses a principal that cannot be created with PRINCIPAL_NAME_INVALID; `fields` are where the request has its parts. */
export function checkPrincipal(
  { name, owner }: Pick<Principal, "name" | "owner">,
  fields: { name: string; owner: string },
): void {
  const invalid = (problem: string, field = fields.name) =>
    fail("PRINCIPAL_NAME_INVALID", { name, problem }, { field });
  if (USER.test(name)) {
    if (owner !== "") throw invalid("only service accounts have an owner", fields.owner);
  } else if (SERVICE_ACCOUNT.test(name)) {
    if (!USER.test(owner)) throw invalid("a service account needs an owner such as users/alice", fields.owner);
  } else {
    throw invalid("it has another form");
  }
}
