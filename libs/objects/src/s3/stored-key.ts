/**
 * Ends the name of every object. MinIO keeps folders and objects in one tree and does not list what lies below an
 * object, so `a` and `a/b` must not meet: they become `a.DATA` and `a/b.DATA`. No key has capitals.
 */
const SUFFIX = ".DATA";

/** The name in the tenant's bucket for the parts of a key behind the tenant. */
export function storedKey(parts: readonly string[]): string {
  return `${parts.join("/")}${SUFFIX}`;
}

/** The key behind the tenant, or undefined when no store of ours has put this. */
export function keyOfStored(name: string): string | undefined {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}
