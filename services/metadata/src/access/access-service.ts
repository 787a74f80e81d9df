import type { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { type Caller, callerOf, type Handlers } from "@slipway/rpc";
import { protoRoleOf, roleOf } from "./authentication.ts";
import { checkDownload, type ReferencingVersion } from "./download.ts";
import { type KeyServiceOptions, keyHandlers } from "./key-service.ts";
import { principalHandlers } from "./principal-service.ts";
import { tenantHandlers } from "./tenant-service.ts";

export interface AccessServiceOptions extends KeyServiceOptions {
  /** Whose a key is; see authentication.ts. */
  authenticateKey(secret: string): Promise<Caller>;
  /** The versions of a tenant that reference an artifact, also deleted ones. */
  versionsOfArtifact(tenantUid: string, digest: string): Promise<ReferencingVersion[]>;
  settings: {
    /** No keys are asked for. */
    open: boolean;
    /** Release of this server. */
    serverVersion: string;
    /** Where the services listen, as clients reach them. */
    endpoints: { metadata: string; artifact: string; workflow: string };
  };
}

/** The handlers of AccessService. */
export function accessHandlers(options: AccessServiceOptions): Handlers<typeof AccessService> {
  const { authenticateKey, versionsOfArtifact, settings } = options;
  return {
    async whoAmI(_request, context) {
      const caller = callerOf(context);
      return {
        tenant: `tenants/${caller.tenant}`,
        tenantUid: caller.tenantUid,
        principal: caller.principal,
        role: protoRoleOf(caller.role),
        platformAdministrator: caller.platformAdministrator ?? false,
        key: caller.keyId === undefined ? "" : `keys/${caller.keyId}`,
        endpoints: settings.endpoints,
        serverVersion: settings.serverVersion,
        open: settings.open,
      };
    },

    async authenticate({ key }) {
      const caller = await authenticateKey(key);
      return {
        tenant: caller.tenant,
        tenantUid: caller.tenantUid,
        principal: caller.principal,
        role: protoRoleOf(caller.role),
        platformAdministrator: caller.platformAdministrator ?? false,
        service: caller.service,
        key: `keys/${caller.keyId}`,
      };
    },

    async authorizeDownload({ tenantUid, role, artifactDigest, allowDangerous }) {
      const versions = await versionsOfArtifact(tenantUid, artifactDigest);
      checkDownload(`artifacts/${artifactDigest}`, versions, roleOf(role), allowDangerous);
      return {};
    },

    ...tenantHandlers(options),
    ...principalHandlers(options),
    ...keyHandlers(options),
  };
}
