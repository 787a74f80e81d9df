import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail, type Role, roleIncludes } from "@slipway/rpc";
import { changedVersion, type StoredVersion } from "./version.ts";

/** Who wants to withdraw a version. */
export interface Withdrawer {
  role: Role;
  /** The person made it, be it through a service account. */
  isCreator: boolean;
}

/** Reviewers may, and who made it; refuses others with WITHDRAWAL_FORBIDDEN. */
export function checkMayWithdraw({ version }: StoredVersion, { role, isCreator }: Withdrawer, name: string): void {
  if (isCreator || roleIncludes(role, "reviewer")) return;
  throw fail("WITHDRAWAL_FORBIDDEN", { name, creator: version.creator });
}

/** The version once it is withdrawn: out of its stage, with the reason. Refuses with VERSION_NOT_PUBLISHED. */
export function withdrawnVersion(
  { stageEntry: _, ...stored }: StoredVersion,
  { nowMs, reason, name }: { nowMs: number; reason: string; name: string },
): StoredVersion {
  const { state } = stored.version;
  if (state !== VersionState.PUBLISHED) throw fail("VERSION_NOT_PUBLISHED", { name, state: VersionState[state] });
  return changedVersion(stored, nowMs, { state: VersionState.WITHDRAWN, stateReason: reason, stage: "" });
}
