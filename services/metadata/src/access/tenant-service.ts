import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { eventWrite } from "@slipway/events";
import { KeySchema, PrincipalSchema, TenantSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { CommitConflict } from "@slipway/resources";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import { type AccessStore, insertKey, insertPrincipal, insertTenant } from "./access-store.ts";
import { hashSecret, mintKey, type RandomBytes } from "./key.ts";
import { checkPrincipal, tenantNameOf } from "./principal.ts";

export interface TenantServiceOptions {
  store: AccessStore;
  clock: Clock;
  ids: Ids;
  random: RandomBytes;
}

/** CreateTenant and ListTenants. */
export function tenantHandlers({
  store,
  clock,
  ids,
  random,
}: TenantServiceOptions): Pick<Handlers<typeof AccessService>, "createTenant" | "listTenants"> {
  return {
    async createTenant(request, context) {
      const name = tenantNameOf(request.tenant?.name ?? "");
      const administrator = request.administrator || "users/admin";
      checkPrincipal({ name: administrator, owner: "" }, { name: "administrator", owner: "administrator" });
      const createTime = timestampFromMs(clock.nowMs());
      const uid = ids.uid();
      const displayName = request.tenant?.displayName ?? "";
      const tenant = create(TenantSchema, { name: `tenants/${name}`, uid, displayName, createTime });
      const principal = create(PrincipalSchema, { name: administrator, uid: ids.uid(), createTime });
      const { id, secret } = mintKey(random);
      const key = create(KeySchema, { name: `keys/${id}`, principal: administrator, role: Role.ADMIN, createTime });
      const created = {
        tenantUid: uid,
        tenant: name,
        type: "slipway.principal.created",
        subject: principal.name,
        subjectUid: principal.uid,
        aggregateRevision: 1,
        actor: callerOf(context).principal,
        payload: toJson(PrincipalSchema, principal) as JsonObject,
      };
      try {
        await store.commit([
          insertTenant(tenant, name),
          insertPrincipal(uid, principal),
          insertKey({ resource: key, tenantUid: uid, tenant: name, secretHash: hashSecret(secret) }),
          eventWrite(created, { clock, ids }),
        ]);
      } catch (error) {
        if (error instanceof CommitConflict) throw fail("TENANT_EXISTS", { name: tenant.name });
        throw error;
      }
      return { tenant, administratorKey: key, secret };
    },

    async listTenants(request) {
      const { items: tenants, nextPageToken } = await store.listTenants(request);
      return { tenants, nextPageToken };
    },
  };
}
