/** What a principal may do in its tenant, from least to most; a platform administrator stands above all tenants. */
export const ROLES = ["viewer", "contributor", "reviewer", "admin", "platform-admin"] as const;
export type Role = (typeof ROLES)[number];

/** Who makes a call, and for which tenant. */
export interface Caller {
  tenantUid: string;
  /** Name of the tenant, without `tenants/`. */
  tenant: string;
  /** `users/alice` or `serviceAccounts/ci`. */
  principal: string;
  role: Role;
  /** One of Slipway's own services, maybe acting for a tenant and a principal. */
  service: boolean;
  /** The key that was shown; absent in open mode. */
  keyId?: string;
}

/** Whether a role includes what another may do. */
export function roleIncludes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
