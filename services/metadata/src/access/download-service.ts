import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import type { Handlers } from "@slipway/rpc";
import { checkDownload, type ReferencingVersion } from "./download.ts";
import { roleOf } from "./role.ts";

export interface DownloadServiceOptions {
  /** The versions of a tenant that reference an artifact, also deleted ones. */
  versionsOfArtifact(tenantUid: string, digest: string): Promise<ReferencingVersion[]>;
}

/** AuthorizeDownload. */
export function downloadHandlers({
  versionsOfArtifact,
}: DownloadServiceOptions): Pick<Handlers<typeof AccessService>, "authorizeDownload"> {
  return {
    async authorizeDownload({ tenantUid, role, artifactDigest, allowDangerous }) {
      const versions = await versionsOfArtifact(tenantUid, artifactDigest);
      checkDownload(`artifacts/${artifactDigest}`, versions, roleOf(role), allowDangerous);
      return {};
    },
  };
}
