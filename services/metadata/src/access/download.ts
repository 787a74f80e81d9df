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
  if (versions.some(({ verdict }) => verdict === Verdict.DANGEROUS) && !(allowDangerous && role === "admin")) {
    throw fail("VERSION_QUARANTINED", { name: artifact });
  }
  if (roleIncludes(role, "contributor")) return;
  const counting = versions.filter(({ deleted }) => !deleted);
  if (counting.some(({ state }) => state === VersionState.PUBLISHED)) return;
  const withdrawn = counting.findLast(({ state }) => state === VersionState.WITHDRAWN);
  if (withdrawn === undefined) throw fail("DOWNLOAD_FORBIDDEN", { name: artifact });
  throw fail("VERSION_WITHDRAWN", { name: withdrawn.name, why: beginningOf(withdrawn.stateReason) });
}

function beginningOf(text: string): string {
  const characters = [...text];
  return characters.length <= TOLD_CHARACTERS ? text : `${characters.slice(0, TOLD_CHARACTERS).join("")}…`;
}
