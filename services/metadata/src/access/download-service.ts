import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import { checkDownload, checkSharedDownload, type ReferencingVersion } from "./download.ts";
import { roleOf } from "./role.ts";

/** Finds what shared models have of an artifact: one of the named exceptions in across-tenants.ts. */
type FindSharedArtifact = (
  tenant: string,
  digest: string,
) => Promise<{ tenantUid: string; versions: ReferencingVersion[] } | undefined>;

export interface DownloadServiceOptions {
  /** The versions of a tenant that reference an artifact, also deleted ones. */
  versionsOfArtifact(tenantUid: string, digest: string): Promise<ReferencingVersion[]>;
  findSharedArtifact: FindSharedArtifact;
}

/** AuthorizeDownload. */
export function downloadHandlers({
  versionsOfArtifact,
  findSharedArtifact,
}: DownloadServiceOptions): Pick<Handlers<typeof AccessService>, "authorizeDownload"> {
  return {
    async authorizeDownload({ tenantUid, role, artifactDigest, allowDangerous, ownerTenant }, context) {
      if (ownerTenant === "" || ownerTenant === callerOf(context).tenant) {
        const versions = await versionsOfArtifact(tenantUid, artifactDigest);
        checkDownload(`artifacts/${artifactDigest}`, versions, roleOf(role), allowDangerous);
        return { ownerTenantUid: tenantUid };
      }
      const name = `tenants/${ownerTenant}/artifacts/${artifactDigest}`;
      const shared = await findSharedArtifact(ownerTenant, artifactDigest);
      if (shared === undefined) throw fail("TENANT_FORBIDDEN", { name });
      const versions = shared.versions.map((version) => ({
        ...version,
        name: `tenants/${ownerTenant}/${version.name}`,
      }));
      checkSharedDownload(name, versions);
      return { ownerTenantUid: shared.tenantUid };
    },
  };
}
