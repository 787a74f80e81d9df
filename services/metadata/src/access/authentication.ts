import { Role as ProtoRole } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { type Caller, fail, keyIdOf, ROLES, type Role } from "@slipway/rpc";
import type { Clock } from "@slipway/runtime";
import type { AccessStore, StoredKey } from "./access-store.ts";
import { checkKey } from "./key.ts";

/** Finds a key by its id without knowing the tenant: one of the named exceptions in across-tenants.ts. */
export type FindKey = (id: string) => Promise<StoredKey | undefined>;

/**
 * Whose a key is. Throws KEY_MALFORMED, KEY_UNKNOWN, KEY_EXPIRED, KEY_REVOKED, and PRINCIPAL_DISABLED where the
 * principal was disabled.
 */
export async function authenticateKey(
  { store, findKey, clock }: { store: AccessStore; findKey: FindKey; clock: Clock },
  secret: string,
): Promise<Caller> {
  const stored = await findKey(keyIdOf(secret));
  if (stored === undefined) throw fail("KEY_UNKNOWN");
  const { resource: key, tenantUid, tenant, secretHash } = stored;
  checkKey(key, secretHash, secret, clock.nowMs());
  const principal = await store.principal(tenantUid, key.principal);
  if (principal === undefined || principal.resource.disabled) throw fail("PRINCIPAL_DISABLED", { name: key.principal });
  return {
    tenantUid,
    tenant,
    principal: key.principal,
    role: roleOf(key.role),
    service: false,
    platformAdministrator: key.platformAdministrator,
    keyId: key.name.slice("keys/".length),
  };
}

const BY_PROTO: Readonly<Partial<Record<ProtoRole, Role>>> = {
  [ProtoRole.VIEWER]: "viewer",
  [ProtoRole.CONTRIBUTOR]: "contributor",
  [ProtoRole.REVIEWER]: "reviewer",
  [ProtoRole.ADMIN]: "admin",
};

/** The role in the words of libs/rpc; what an older server does not know counts as the least. */
export function roleOf(role: ProtoRole): Role {
  return BY_PROTO[role] ?? ROLES[0];
}

/** The role in the words of the proto. */
export function protoRoleOf(role: Role): ProtoRole {
  return [ProtoRole.VIEWER, ProtoRole.CONTRIBUTOR, ProtoRole.REVIEWER, ProtoRole.ADMIN][
    ROLES.indexOf(role)
  ] as ProtoRole;
}
