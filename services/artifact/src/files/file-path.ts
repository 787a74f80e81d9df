import { checkPath, ManifestError } from "@slipway/chunking";
import { fail, type RpcError } from "@slipway/rpc";

/** Refuses with PATH_INVALID a path that no manifest may have; `field` is where the request has it. */
export function checkFilePath(path: string, field: string): void {
  try {
    checkPath(path);
  } catch (error) {
    if (error instanceof ManifestError) throw pathFailure(error, field);
    throw error;
  }
}

/** What a violation of the manifest's rules means for a caller; `field` is that of the request which caused it. */
export function pathFailure(error: ManifestError, field: string): RpcError {
  // Such as `The path "a//b" has an empty part: use …`; the message names the path itself.
  const problem = error.message
    .replace(/^The path "(?:[^"\\]|\\.)*" /, "it ")
    .replace(/^The /, "the ")
    .replace(/\.$/, "");
  if (error.path === undefined) return fail("REQUEST_INVALID", { summary: problem }, { field, cause: error });
  return fail("PATH_INVALID", { path: error.path, problem }, { field, cause: error });
}
