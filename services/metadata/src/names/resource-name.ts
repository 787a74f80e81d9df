import { fail, RESOURCE_NAMES, withoutTenant } from "@slipway/rpc";
import { parseModelName } from "../models/model-name.ts";
import { parseNumber } from "../versions/version-number.ts";

/** Somebody in a tenant, or a place in one, by its name: names without a tenant are of it, and it alone may stand in one. */
interface InTenant {
  tenant: string;
}

/** The parent of ListVersions that stands for all models (AIP-159). */
const ALL_MODELS = "models/-";

/**
 * The model's name in `models/{model}`, also written `tenants/{tenant}/models/{model}` with the caller's tenant. Throws
 * TENANT_FORBIDDEN for another tenant's names, whether they exist or not, RESOURCE_NAME_INVALID and MODEL_NAME_INVALID;
 * `field` is where the request has the name.
 */
export function modelOf(caller: InTenant, name: string, field: string): string {
  const own = withoutTenant(caller.tenant, name);
  if (!own.startsWith("models/")) {
    const problem = "it does not begin with models/";
    throw fail("RESOURCE_NAME_INVALID", { name, problem, form: RESOURCE_NAMES.model.pattern }, { field });
  }
  // A model's name has rules of its own, and their reason.
  return parseModelName(own.slice("models/".length), field);
}

/** As modelOf, and undefined for `models/-`: all models. */
export function modelOrAllOf(caller: InTenant, name: string, field: string): string | undefined {
  return withoutTenant(caller.tenant, name) === ALL_MODELS ? undefined : modelOf(caller, name, field);
}

/** The model's name and the number in `models/{model}/versions/{number}`; throws VERSION_NUMBER_INVALID too. */
export function versionOf(caller: InTenant, name: string, field: string): { model: string; number: string } {
  const { model, number } = RESOURCE_NAMES.version.parseIn(caller.tenant, name, field);
  return { model: parseModelName(model, field), number: parseNumber(number, field).version };
}

/** The model's name in `models/{model}/stagePolicy`; undefined for `stagePolicy`: the tenant's. */
export function policyOwnerOf(caller: InTenant, name: string, field: string): string | undefined {
  if (withoutTenant(caller.tenant, name) === RESOURCE_NAMES.stagePolicy.pattern) return undefined;
  return parseModelName(RESOURCE_NAMES.modelStagePolicy.parseIn(caller.tenant, name, field).model, field);
}

/** The model's name and the uid in `models/{model}/transitions/{uid}`; `field` is where the request has the name. */
export function transitionOf(caller: InTenant, name: string, field: string): { model: string; uid: string } {
  const { model, uid } = RESOURCE_NAMES.transition.parseIn(caller.tenant, name, field);
  return { model: parseModelName(model, field), uid };
}

/** The model's name in `models/{model}/reviewPolicy`; undefined for `reviewPolicy`, that of the tenant. */
export function reviewPolicyOwnerOf(caller: InTenant, name: string, field: string): string | undefined {
  if (withoutTenant(caller.tenant, name) === RESOURCE_NAMES.reviewPolicy.pattern) return undefined;
  return parseModelName(RESOURCE_NAMES.modelReviewPolicy.parseIn(caller.tenant, name, field).model, field);
}

/** `artifacts/{digest}` without tenant; throws TENANT_FORBIDDEN and RESOURCE_NAME_INVALID. */
export function artifactOf(caller: InTenant, name: string, field: string): string {
  return RESOURCE_NAMES.artifact.format(RESOURCE_NAMES.artifact.parseIn(caller.tenant, name, field));
}
