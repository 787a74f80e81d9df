import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { KeySchema, PrincipalSchema, TenantSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { CommitConflict } from "@slipway/resources";
import { DEFAULT_TENANT, keyIdOf } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import { type AccessStore, insertKey, insertPrincipal, insertTenant } from "./access-store.ts";
import { hashSecret } from "./key.ts";

const ADMINISTRATOR = "users/admin";

/**
 * Makes what must be there before the first call: the tenant `default`, and in keys mode its first key, which also
 * administers the platform. Doing it again, or from two processes at once, changes nothing. `bootstrapKey` is a whole
 * key (`slw_…`); refuses another form with KEY_MALFORMED. Returns whether this call stored the key.
 */
export async function bootstrap(
  { store, clock, ids }: { store: AccessStore; clock: Clock; ids: Ids },
  bootstrapKey: string | undefined,
): Promise<boolean> {
  const createTime = timestampFromMs(clock.nowMs());
  const { name, uid } = DEFAULT_TENANT;
  const tenant = create(TenantSchema, { name: `tenants/${name}`, uid, displayName: "Default", createTime });
  const administrator = create(PrincipalSchema, { name: ADMINISTRATOR, uid: ids.uid(), createTime });
  await unlessThere(() => store.commit([insertTenant(tenant, name), insertPrincipal(uid, administrator)]));
  if (bootstrapKey === undefined) return false;
  const key = create(KeySchema, {
    name: `keys/${keyIdOf(bootstrapKey)}`,
    principal: ADMINISTRATOR,
    role: Role.ADMIN,
    platformAdministrator: true,
    description: "The first key of this server",
    createTime,
  });
  const secretHash = hashSecret(bootstrapKey);
  return unlessThere(() => store.commit([insertKey({ resource: key, tenantUid: uid, tenant: name, secretHash })]));
}

async function unlessThere(insert: () => Promise<void>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (error instanceof CommitConflict) return false;
    throw error;
  }
}
