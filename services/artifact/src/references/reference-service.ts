import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { type Binding, bind, type Caller, callerOf, fail, RESOURCE_NAMES } from "@slipway/rpc";
import type { ClaimsWorker } from "./claims-worker.ts";
import type { ReferenceStore } from "./reference-store.ts";

function digestOf({ tenant }: Caller, artifact: string): string {
  return RESOURCE_NAMES.artifact.parseIn(tenant, artifact, "artifact").digest;
}

/** The handlers of ReferenceService; the access interceptor lets services only through. */
export function bindReferenceService(claims: ClaimsWorker, references: ReferenceStore): Binding {
  return bind(ReferenceService, {
    async acquireReference({ artifact, holderUid }, context) {
      const caller = callerOf(context);
      return claims.acquire(caller.tenantUid, digestOf(caller, artifact), holderUid);
    },

    async confirmReference({ artifact, holderUid }, context) {
      const caller = callerOf(context);
      const claim = { tenantUid: caller.tenantUid, digest: digestOf(caller, artifact), holderUid };
      const reference = await claims.confirm(claim);
      if (reference === undefined) throw fail("ARTIFACT_NOT_FOUND", { name: artifact });
      return { reference };
    },

    async releaseReference({ artifact, holderUid }, context) {
      const caller = callerOf(context);
      await claims.release({ tenantUid: caller.tenantUid, digest: digestOf(caller, artifact), holderUid });
      return {};
    },

    async listReferences({ artifact, pageSize, pageToken }, context) {
      const caller = callerOf(context);
      const name = artifact === "" ? undefined : `artifacts/${digestOf(caller, artifact)}`;
      return references.page(caller.tenantUid, name, { pageSize, pageToken });
    },
  });
}
