import { type Caller, fail } from "@slipway/rpc";

const DIGEST = /^[0-9a-f]{64}$/;
const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The digest in `artifacts/{digest}`, also written `tenants/{tenant}/artifacts/{digest}` with the caller's tenant. */
export function artifactDigest(caller: Caller, name: string): string {
  return lastPart(caller, name, "artifacts", DIGEST, "artifacts/<64 lower-case hexadecimal digits>");
}

/** The uid in `uploads/{uid}`, also written `tenants/{tenant}/uploads/{uid}` with the caller's tenant. */
export function uploadUid(caller: Caller, name: string): string {
  return lastPart(caller, name, "uploads", UID, "uploads/<uid>");
}

/** Another tenant's names are refused with TENANT_FORBIDDEN, whether they exist or not. */
function lastPart(caller: Caller, name: string, collection: string, pattern: RegExp, form: string): string {
  const parts = name.split("/");
  if (parts[0] === "tenants") {
    if (parts[1] !== caller.tenant) throw fail("TENANT_FORBIDDEN", { name });
    parts.splice(0, 2);
  }
  const [kind, id] = parts;
  if (parts.length !== 2 || kind !== collection) {
    throw fail("RESOURCE_NAME_INVALID", { name, problem: `it does not name one of ${collection}`, form });
  }
  if (id === undefined || !pattern.test(id)) {
    throw fail("RESOURCE_NAME_INVALID", { name, problem: `"${id}" is malformed`, form });
  }
  return id;
}
