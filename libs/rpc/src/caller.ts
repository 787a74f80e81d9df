/** What a principal may do in its tenant, from least to most; each role includes the ones before it. */
export const ROLES = ["viewer", "contributor", "reviewer", "admin"] as const;
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
  /** Administers the platform: tenants and their first keys. */
  platformAdministrator?: boolean;
  /** The key that was shown; absent in open mode. */
  keyId?: string;
}

/** Whether a role includes what another may do. */
export function roleIncludes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
