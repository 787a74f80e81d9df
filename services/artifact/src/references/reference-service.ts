import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { type Binding, bind, callerOf, fail } from "@slipway/rpc";
import { artifactDigest } from "../names/resource-name.ts";
import type { ClaimsWorker } from "./claims-worker.ts";
import type { ReferenceStore } from "./reference-store.ts";

/** The handlers of ReferenceService; the access interceptor lets services only through. */
export function bindReferenceService(claims: ClaimsWorker, references: ReferenceStore): Binding {
  return bind(ReferenceService, {
    async acquireReference({ artifact, holderUid }, context) {
      const caller = callerOf(context);
      return claims.acquire(caller.tenantUid, artifactDigest(caller, artifact), holderUid);
    },

    async confirmReference({ artifact, holderUid }, context) {
      const caller = callerOf(context);
      const reference = await claims.confirm(caller.tenantUid, artifactDigest(caller, artifact), holderUid);
      if (reference === undefined) {
        throw fail("REFERENCE_NOT_FOUND", { name: `reference of ${holderUid} to ${artifact}` });
      }
      return { reference };
    },

    async releaseReference({ artifact, holderUid }, context) {
      const caller = callerOf(context);
      await claims.release(caller.tenantUid, artifactDigest(caller, artifact), holderUid);
      return {};
    },

    async listReferences({ artifact, pageSize, pageToken }, context) {
      const caller = callerOf(context);
      const name = artifact === "" ? undefined : `artifacts/${artifactDigest(caller, artifact)}`;
      return references.page(caller.tenantUid, name, { pageSize, pageToken });
    },
  });
}
