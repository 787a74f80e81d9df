import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail, type Role, roleIncludes } from "@slipway/rpc";

/** A version that references the artifact. */
export interface ReferencingVersion {
  /** Resource name. */
  name: string;
  state: VersionState;
  /** Why it is REJECTED or WITHDRAWN. */
  stateReason: string;
  verdict: Verdict;
  /** It or its model is deleted. */
  deleted: boolean;
  /** Its model is shared with all tenants. */
  shared: boolean;
}

/** Of the reason for a withdrawal so many characters are told in an error, since some clients take small trailers only. */
const TOLD_CHARACTERS = 200;

/**
 * Who may download an artifact: viewers what a published version references, contributors all of their tenant, and
 * what was found dangerous only an administrator who asks for it. Refuses with DOWNLOAD_FORBIDDEN, VERSION_QUARANTINED
 * and, where it was published once, VERSION_WITHDRAWN.
 */
export function checkDownload(
  artifact: string,
  versions: readonly ReferencingVersion[],
  role: Role,
  allowDangerous: boolean,
): void {
  if (!(allowDangerous && role === "admin")) checkNotDangerous(artifact, versions);
  if (roleIncludes(role, "contributor")) return;
  const counting = versions.filter(({ deleted }) => !deleted);
  if (counting.some(({ state }) => state === VersionState.PUBLISHED)) return;
  const withdrawn = counting.findLast(({ state }) => state === VersionState.WITHDRAWN);
  if (withdrawn === undefined) throw fail("DOWNLOAD_FORBIDDEN", { name: artifact });
  throw fail("VERSION_WITHDRAWN", { name: withdrawn.name, why: beginningOf(withdrawn.stateReason) });
}

/**
 * What principals of other tenants may download: as viewers, what a published version of a shared model references.
 * Refuses everything else with TENANT_FORBIDDEN, but says VERSION_WITHDRAWN and VERSION_QUARANTINED of what was shared.
 */
export function checkSharedDownload(artifact: string, versions: readonly ReferencingVersion[]): void {
  const shared = versions.filter((version) => version.shared && !version.deleted);
  const isShown = ({ state }: ReferencingVersion) =>
    state === VersionState.PUBLISHED || state === VersionState.WITHDRAWN;
  if (!shared.some(isShown)) throw fail("TENANT_FORBIDDEN", { name: artifact });
  checkNotDangerous(artifact, versions);
  checkDownload(artifact, shared, "viewer", false);
}

function checkNotDangerous(artifact: string, versions: readonly ReferencingVersion[]): void {
  if (versions.some(({ verdict }) => verdict === Verdict.DANGEROUS)) {
    throw fail("VERSION_QUARANTINED", { name: artifact });
  }
}

function beginningOf(text: string): string {
  const characters = [...text];
  return characters.length <= TOLD_CHARACTERS ? text : `${characters.slice(0, TOLD_CHARACTERS).join("")}…`;
}
