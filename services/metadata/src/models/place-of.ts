import { fail, tenantIn } from "@slipway/rpc";
import { isViewer } from "../versions/version.ts";
import type { StoredModel } from "./model.ts";
import { parseModelName } from "./model-name.ts";
import type { PlaceOf } from "./place.ts";

/** Finds a shared model by the names of its tenant and its own: one of the named exceptions in across-tenants.ts. */
export type FindSharedModel = (
  tenant: string,
  model: string,
) => Promise<{ tenantUid: string; stored: StoredModel } | undefined>;

/** How places are found. */
export function createPlaceOf(findSharedModel: FindSharedModel): PlaceOf {
  return async (caller, name, field) => {
    const { tenant = caller.tenant, own } = tenantIn(name);
    if (tenant === caller.tenant) {
      const { tenantUid } = caller;
      return { tenantUid, tenant, viewer: isViewer(caller), foreign: false };
    }
    const [, model] = /^models\/([^/]+)(?:$|\/)/.exec(own) ?? [];
    // All models together are never shared.
    if (model === undefined || model === "-") throw fail("TENANT_FORBIDDEN", { name });
    const shared = await findSharedModel(tenant, parseModelName(model, field));
    if (shared === undefined) throw fail("TENANT_FORBIDDEN", { name });
    return { tenantUid: shared.tenantUid, tenant, viewer: true, foreign: true };
  };
}
