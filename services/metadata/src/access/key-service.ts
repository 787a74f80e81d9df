import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { eventWrite } from "@slipway/events";
import { type Key, KeySchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { retryOnConflict } from "@slipway/resources";
import { type Caller, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import { type AccessStore, insertKey, replaceKey } from "./access-store.ts";
import { hashSecret, mintKey, type RandomBytes } from "./key.ts";

export interface KeyServiceOptions {
  store: AccessStore;
  clock: Clock;
  ids: Ids;
  random: RandomBytes;
}

/** CreateKey, ListKeys and RevokeKey. */
export function keyHandlers({
  store,
  clock,
  ids,
  random,
}: KeyServiceOptions): Pick<Handlers<typeof AccessService>, "createKey" | "listKeys" | "revokeKey"> {
  const event = (verb: string, key: Key, principalUid: string, aggregateRevision: number, caller: Caller) =>
    eventWrite(
      {
        tenantUid: caller.tenantUid,
        tenant: caller.tenant,
        type: `slipway.key.${verb}`,
        subject: key.name,
        subjectUid: principalUid,
        aggregateRevision,
        actor: caller.principal,
        payload: toJson(KeySchema, key) as JsonObject,
      },
      { clock, ids },
    );

  return {
    async createKey(request, context) {
      const caller = callerOf(context);
      const { principal, role, expireTime, description } = request;
      const owner = await store.principal(caller.tenantUid, principal);
      if (owner === undefined) throw fail("PRINCIPAL_NOT_FOUND", { name: principal });
      if (owner.resource.disabled) throw fail("PRINCIPAL_DISABLED", { name: principal });
      if (expireTime !== undefined && timestampMs(expireTime) <= clock.nowMs()) {
        const fields = [
          { field: "expire_time", description: "lies in the past; give a time in the future or none" },
        ] as const;
        throw fail("REQUEST_INVALID", { summary: "expire_time lies in the past" }, { fields });
      }
      const { id, secret } = mintKey(random);
      const key = create(KeySchema, {
        name: `keys/${id}`,
        principal,
        role,
        description,
        createTime: timestampFromMs(clock.nowMs()),
        ...(expireTime && { expireTime }),
      });
      const { tenantUid, tenant } = caller;
      await store.commit([
        insertKey({ resource: key, tenantUid, tenant, secretHash: hashSecret(secret) }),
        event("created", key, owner.resource.uid, 1, caller),
      ]);
      return { key, secret };
    },

    async listKeys(request, context) {
      const { items: keys, nextPageToken } = await store.listKeys(callerOf(context).tenantUid, request);
      return { keys, nextPageToken };
    },

    async revokeKey({ name }, context) {
      const caller = callerOf(context);
      return retryOnConflict(name, async () => {
        const stored = await store.key(caller.tenantUid, name.replace(/^keys\//, ""));
        if (stored === undefined) throw fail("KEY_NOT_FOUND", { name });
        const { resource: key, revision } = stored;
        if (key.revokeTime !== undefined) return { key };
        key.revokeTime = timestampFromMs(clock.nowMs());
        const principal = await store.principal(caller.tenantUid, key.principal);
        await store.commit([
          replaceKey(stored),
          event("revoked", key, principal?.resource.uid ?? "", revision + 1, caller),
        ]);
        return { key };
      });
    },
  };
}
