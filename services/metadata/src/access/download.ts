import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail, type Role, roleIncludes } from "@slipway/rpc";

/** A version that references the artifact. */
export interface ReferencingVersion {
  state: VersionState;
  verdict: Verdict;
  /** It or its model is deleted. */
  deleted: boolean;
}

/**
 * Who may download an artifact: viewers what a published version references, contributors all of their tenant, and
 * what was found dangerous only an administrator who asks for it. Refuses with DOWNLOAD_FORBIDDEN or
 * VERSION_QUARANTINED.
 */
export function checkDownload(
  artifact: string,
  versions: readonly ReferencingVersion[],
  role: Role,
  allowDangerous: boolean,
): void {
  if (versions.some(({ verdict }) => verdict === Verdict.DANGEROUS) && !(allowDangerous && role === "admin")) {
    throw fail("VERSION_QUARANTINED", { name: artifact });
  }
  if (roleIncludes(role, "contributor")) return;
  if (!versions.some(({ state, deleted }) => state === VersionState.PUBLISHED && !deleted)) {
    throw fail("DOWNLOAD_FORBIDDEN", { name: artifact });
  }
}
