import { type Caller, fail } from "@slipway/rpc";
import { parseModelName } from "../models/model-name.ts";
import { parseNumber } from "../versions/version-number.ts";

const MODEL_FORM = "models/{model}";
const VERSION_FORM = "models/{model}/versions/{number}";
const ARTIFACT_FORM = "artifacts/{digest}, the digest of 64 lower-case hexadecimal digits";

/** The parent of ListVersions that stands for all models (AIP-159). */
const ALL_MODELS = "models/-";

/**
 * The model's name in `models/{model}`, also written `tenants/{tenant}/models/{model}` with the caller's tenant. Throws
 * TENANT_FORBIDDEN for another tenant's names, whether they exist or not, RESOURCE_NAME_INVALID and MODEL_NAME_INVALID.
 */
export function modelOf(caller: Caller, name: string): string {
  const own = withoutTenant(caller, name);
  if (!own.startsWith("models/")) throw invalid(name, "it does not begin with models/", MODEL_FORM);
  return parseModelName(own.slice("models/".length));
}

/** As modelOf, and undefined for `models/-`: all models. */
export function modelOrAllOf(caller: Caller, name: string): string | undefined {
  return withoutTenant(caller, name) === ALL_MODELS ? undefined : modelOf(caller, name);
}

/** The model's name and the number in `models/{model}/versions/{number}`; throws VERSION_NUMBER_INVALID too. */
export function versionOf(caller: Caller, name: string): { model: string; number: string } {
  const parts = withoutTenant(caller, name).split("/");
  const [models, model = "", versions, number = ""] = parts;
  if (parts.length !== 4 || models !== "models" || versions !== "versions") {
    throw invalid(name, "it has another form", VERSION_FORM);
  }
  return { model: parseModelName(model), number: parseNumber(number).version };
}

/** `artifacts/{digest}` without tenant; throws TENANT_FORBIDDEN and RESOURCE_NAME_INVALID. */
export function artifactOf(caller: Caller, name: string): string {
  const own = withoutTenant(caller, name);
  if (!/^artifacts\/[0-9a-f]{64}$/.test(own)) throw invalid(name, "it has another form", ARTIFACT_FORM);
  return own;
}

function withoutTenant(caller: Caller, name: string): string {
  const [, tenant, own] = /^tenants\/([^/]*)\/(.*)$/su.exec(name) ?? [];
  if (tenant === undefined || own === undefined) return name;
  if (tenant !== caller.tenant) throw fail("TENANT_FORBIDDEN", { name });
  return own;
}

function invalid(name: string, problem: string, form: string) {
  return fail("RESOURCE_NAME_INVALID", { name, problem, form });
}
