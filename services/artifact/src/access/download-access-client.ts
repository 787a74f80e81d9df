import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import {
  type CallContext,
  type Caller,
  callerOf,
  callOptionsFrom,
  createClient,
  onBehalfOf,
  type Transport,
} from "@slipway/rpc";
import type { Clock } from "@slipway/runtime";

/** The contract's bound on how long an answer may be remembered. */
const REMEMBERED_MS = 5_000;
/** Answers remembered at once; one takes about 200 bytes. */
const MAX_REMEMBERED = 10_000;

const ROLES: Record<Caller["role"], Role> = {
  viewer: Role.VIEWER,
  contributor: Role.CONTRIBUTOR,
  reviewer: Role.REVIEWER,
  admin: Role.ADMIN,
};

/** A permission, until when it holds. */
interface Permission {
  ownerTenantUid: string;
  untilMs: number;
}

/** Which files are asked for: of an artifact, of the caller's tenant unless said otherwise. */
export interface DownloadQuestion {
  digest: string;
  /** Name of the tenant that the artifact belongs to, where that is another one. */
  ownerTenant?: string;
  allowDangerous?: boolean;
}

/**
 * Asks the metadata service whether a caller may read the files of an artifact. Permissions are remembered for up to
 * 5 seconds, refusals never: what was published a moment ago can be downloaded now.
 */
export class DownloadAccessClient {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #permissions = new Map<string, Permission>();

  /** `transport` reaches metadata with this service's credential. */
  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /**
   * The uid of the tenant that the artifact belongs to. Fails with TENANT_FORBIDDEN, DOWNLOAD_FORBIDDEN, VERSION_WITHDRAWN
   * or VERSION_QUARANTINED. Services may read everything of the tenant that they act for.
   */
  async check(context: CallContext, question: DownloadQuestion): Promise<string> {
    const { digest, ownerTenant = "", allowDangerous = false } = question;
    const { tenantUid, tenant, principal, role, service } = callerOf(context);
    if (service && ownerTenant === "") return tenantUid;
    const key = JSON.stringify([tenantUid, principal, role, digest, ownerTenant, allowDangerous]);
    const now = this.#clock.nowMs();
    const known = this.#permissions.get(key);
    if (known !== undefined && known.untilMs > now) return known.ownerTenantUid;
    this.#permissions.delete(key);
    const options = callOptionsFrom(context);
    const { ownerTenantUid } = await createClient(AccessService, this.#transport).authorizeDownload(
      { tenantUid, principal, role: ROLES[role], artifactDigest: digest, allowDangerous, ownerTenant },
      { ...options, headers: { ...options.headers, ...onBehalfOf(tenantUid, tenant, principal) } },
    );
    this.#remember(key, { ownerTenantUid, untilMs: now + REMEMBERED_MS });
    return ownerTenantUid;
  }

  #remember(key: string, permission: Permission): void {
    if (this.#permissions.size >= MAX_REMEMBERED) {
      const [oldest] = this.#permissions.keys();
      if (oldest !== undefined) this.#permissions.delete(oldest);
    }
    this.#permissions.set(key, permission);
  }
}
