import { checkPath, ManifestError } from "@slipway/chunking";
import { fail, type RpcError } from "@slipway/rpc";

/** Refuses with PATH_INVALID a path that no manifest may have. */
export function checkFilePath(path: string): void {
  try {
    checkPath(path);
  } catch (error) {
    if (error instanceof ManifestError) throw pathFailure(error);
    throw error;
  }
}

/** What a violation of the manifest's rules means for a caller. */
export function pathFailure(error: ManifestError): RpcError {
  // Such as `The path "a//b" has an empty part: use …`; the message names the path itself.
  const problem = error.message
    .replace(/^The path "(?:[^"\\]|\\.)*" /, "it ")
    .replace(/^The /, "the ")
    .replace(/\.$/, "");
  if (error.path === undefined) return fail("REQUEST_INVALID", { summary: problem }, { cause: error });
  return fail("PATH_INVALID", { path: error.path, problem }, { cause: error });
}
