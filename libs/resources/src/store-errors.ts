import { DocumentStoreError } from "@slipway/documents";
import { ObjectStoreError } from "@slipway/objects";
import { fail, type Interceptor } from "@slipway/rpc";

const NEWER_SERVER = "A server as new as the stored data";

/** The one place where errors of the stores become errors of calls; what is not listed stays and ends as INTERNAL. */
export const storeErrors: Interceptor = async (_context, next) => {
  try {
    await next();
  } catch (cause) {
    if (cause instanceof DocumentStoreError || cause instanceof ObjectStoreError) {
      if (cause.kind === "FULL") throw fail("STORAGE_FULL", {}, { cause });
      const dependency = cause instanceof DocumentStoreError ? "The document store" : "The object store";
      if (cause.kind === "UNAVAILABLE") throw fail("DEPENDENCY_UNAVAILABLE", { dependency }, { cause });
      // While servers are replaced by newer ones, the next try may meet one of those.
      if (cause.kind === "NEWER_FORMAT") throw fail("DEPENDENCY_UNAVAILABLE", { dependency: NEWER_SERVER }, { cause });
    }
    throw cause;
  }
};
