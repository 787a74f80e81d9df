import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { eventWrite } from "@slipway/events";
import { type Principal, PrincipalSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { CommitConflict, retryOnConflict } from "@slipway/resources";
import { type Caller, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import { type AccessStore, insertPrincipal, replacePrincipal } from "./access-store.ts";
import { checkPrincipal } from "./principal.ts";

export interface PrincipalServiceOptions {
  store: AccessStore;
  clock: Clock;
  ids: Ids;
}

type PrincipalMethods = "createPrincipal" | "listPrincipals" | "disablePrincipal";

/** CreatePrincipal, ListPrincipals and DisablePrincipal. */
export function principalHandlers({
  store,
  clock,
  ids,
}: PrincipalServiceOptions): Pick<Handlers<typeof AccessService>, PrincipalMethods> {
  const event = (verb: string, principal: Principal, aggregateRevision: number, caller: Caller) =>
    eventWrite(
      {
        tenantUid: caller.tenantUid,
        tenant: caller.tenant,
        type: `slipway.principal.${verb}`,
        subject: principal.name,
        subjectUid: principal.uid,
        aggregateRevision,
        actor: caller.principal,
        payload: toJson(PrincipalSchema, principal) as JsonObject,
      },
      { clock, ids },
    );

  return {
    async createPrincipal(request, context) {
      const caller = callerOf(context);
      const { name = "", displayName = "", owner = "" } = request.principal ?? {};
      checkPrincipal({ name, owner }, { name: "principal.name", owner: "principal.owner" });
      if (owner !== "" && (await store.principal(caller.tenantUid, owner)) === undefined) {
        throw fail("PRINCIPAL_NOT_FOUND", { name: owner });
      }
      const createTime = timestampFromMs(clock.nowMs());
      const principal = create(PrincipalSchema, { name, uid: ids.uid(), displayName, owner, createTime });
      try {
        await store.commit([insertPrincipal(caller.tenantUid, principal), event("created", principal, 1, caller)]);
      } catch (error) {
        if (error instanceof CommitConflict) throw fail("PRINCIPAL_EXISTS", { name });
        throw error;
      }
      return { principal };
    },

    async listPrincipals(request, context) {
      const { items: principals, nextPageToken } = await store.listPrincipals(callerOf(context).tenantUid, request);
      return { principals, nextPageToken };
    },

    async disablePrincipal({ name }, context) {
      const caller = callerOf(context);
      return retryOnConflict(name, async () => {
        const stored = await store.principal(caller.tenantUid, name);
        if (stored === undefined) throw fail("PRINCIPAL_NOT_FOUND", { name });
        const { resource: principal, revision } = stored;
        if (principal.disabled) return { principal };
        principal.disabled = true;
        await store.commit([
          replacePrincipal(caller.tenantUid, stored),
          event("disabled", principal, revision + 1, caller),
        ]);
        return { principal };
      });
    },
  };
}
