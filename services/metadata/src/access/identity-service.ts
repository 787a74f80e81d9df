import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { type Caller, callerOf, fail, type Handlers, keyIdOf } from "@slipway/rpc";
import type { Clock } from "@slipway/runtime";
import type { AccessStore, StoredKey } from "./access-store.ts";
import { checkKey } from "./key.ts";
import { protoRoleOf, roleOf } from "./role.ts";

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

export interface IdentityServiceOptions {
  /** Whose a key is: `authenticateKey` with its stores. */
  authenticate(secret: string): Promise<Caller>;
  settings: {
    /** No keys are asked for. */
    open: boolean;
    /** Release of this server. */
    serverVersion: string;
    /** Where the services listen, as clients reach them. */
    endpoints(): { metadata: string; artifact: string; workflow: string };
  };
}

/** WhoAmI and Authenticate. */
export function identityHandlers({
  authenticate,
  settings,
}: IdentityServiceOptions): Pick<Handlers<typeof AccessService>, "whoAmI" | "authenticate"> {
  return {
    async whoAmI(_request, context) {
      const { serverVersion, open, endpoints } = settings;
      const { tenantUid, ...identity } = identityOf(callerOf(context));
      return {
        ...identity,
        tenant: `tenants/${identity.tenant}`,
        tenantUid,
        endpoints: endpoints(),
        serverVersion,
        open,
      };
    },

    async authenticate({ key }) {
      const caller = await authenticate(key);
      return { ...identityOf(caller), service: caller.service };
    },
  };
}

function identityOf({ tenant, tenantUid, principal, role, platformAdministrator, keyId }: Caller) {
  return {
    tenant,
    tenantUid,
    principal,
    role: protoRoleOf(role),
    platformAdministrator: platformAdministrator ?? false,
    key: keyId === undefined ? "" : `keys/${keyId}`,
  };
}
