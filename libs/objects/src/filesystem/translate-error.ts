import { ObjectStoreError } from "../object-store-error.ts";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** The one place where errors of the file system become errors of the port. `doing`: "write the object …". */
export function translateError(error: unknown, doing: string): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const code = systemCode(error);
  if (code !== undefined && FULL.has(code)) {
    return new ObjectStoreError("FULL", `No room to ${doing}: free space on the disk of the object store.`, {
      cause: error,
    });
  }
  return new ObjectStoreError("UNAVAILABLE", `Could not ${doing} (${code ?? String(error)}).`, { cause: error });
}

/** The errno name (`ENOENT`, …) of an error of node:fs, or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code;
}
