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

/**
 * Asks the metadata service whether a caller may read the files of an artifact. Permissions are remembered for up to
 * 5 seconds, refusals never: what was published a moment ago can be downloaded now.
 */
export class DownloadAccessClient {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #allowedUntilMs = new Map<string, number>();

  /** `transport` reaches metadata with this service's credential. */
  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Fails with DOWNLOAD_FORBIDDEN or VERSION_QUARANTINED. Services may read everything. */
  async check(context: CallContext, digest: string, allowDangerous: boolean): Promise<void> {
    const caller = callerOf(context);
    if (caller.service) return;
    const { tenantUid, tenant, principal, role } = caller;
    const question = JSON.stringify([tenantUid, principal, role, digest, allowDangerous]);
    const now = this.#clock.nowMs();
    if ((this.#allowedUntilMs.get(question) ?? 0) > now) return;
    this.#allowedUntilMs.delete(question);
    const options = callOptionsFrom(context);
    await createClient(AccessService, this.#transport).authorizeDownload(
      { tenantUid, principal, role: ROLES[role], artifactDigest: digest, allowDangerous },
      { ...options, headers: { ...options.headers, ...onBehalfOf(tenantUid, tenant, principal) } },
    );
    this.#remember(question, now + REMEMBERED_MS);
  }

  #remember(question: string, untilMs: number): void {
    if (this.#allowedUntilMs.size >= MAX_REMEMBERED) {
      const [oldest] = this.#allowedUntilMs.keys();
      if (oldest !== undefined) this.#allowedUntilMs.delete(oldest);
    }
    this.#allowedUntilMs.set(question, untilMs);
  }
}
