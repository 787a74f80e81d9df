import { type CallContext, callerOf, fail, RESOURCE_NAMES, RpcError, roleIncludes, tenantIn } from "@slipway/rpc";
import type { DownloadAccessClient } from "../access/download-access-client.ts";
import type { ArtifactRecord } from "./artifact.ts";
import type { ArtifactStore } from "./artifact-store.ts";

/** Which artifacts a caller may read: those of the own tenant, and what shared models of others have published. */
export class ReadableArtifacts {
  readonly #artifacts: ArtifactStore;
  readonly #access: DownloadAccessClient;

  constructor(artifacts: ArtifactStore, access: DownloadAccessClient) {
    this.#artifacts = artifacts;
    this.#access = access;
  }

  /** An artifact of the caller's tenant. Fails with ARTIFACT_NOT_FOUND, RESOURCE_NAME_INVALID and TENANT_FORBIDDEN. */
  async findOwn(context: CallContext, name: string, field: string): Promise<ArtifactRecord> {
    const { tenant, tenantUid } = callerOf(context);
    return this.#get(tenantUid, RESOURCE_NAMES.artifact.parseIn(tenant, name, field).digest, name);
  }

  /** As findOwn, and of another tenant what may be downloaded. Fails with VERSION_WITHDRAWN and VERSION_QUARANTINED too. */
  async find(context: CallContext, name: string, field: string): Promise<ArtifactRecord> {
    const { tenant: ownerTenant, own } = tenantIn(name);
    if (ownerTenant === undefined || ownerTenant === callerOf(context).tenant)
      return this.findOwn(context, name, field);
    const { digest } = RESOURCE_NAMES.artifact.parse(own, field);
    const ownerTenantUid = await this.#access.check(context, { digest, ownerTenant });
    // A metadata service from before models could be shared heeds the caller's own tenant only.
    if (ownerTenantUid === "") throw fail("TENANT_FORBIDDEN", { name });
    return this.#get(ownerTenantUid, digest, name);
  }

  isOwn(context: CallContext, { tenantUid }: ArtifactRecord): boolean {
    return tenantUid === callerOf(context).tenantUid;
  }

  /** Refuses a download of what `find` gave with DOWNLOAD_FORBIDDEN, VERSION_WITHDRAWN or VERSION_QUARANTINED. */
  async check(context: CallContext, record: ArtifactRecord, allowDangerous: boolean): Promise<void> {
    // What is another tenant's is found only where it may be downloaded.
    if (this.isOwn(context, record)) {
      await this.#access.check(context, { digest: record.artifact.digest, allowDangerous });
    }
  }

  /** Names and sizes of quarantined files may be seen by those who may see the artifact: they harm nobody. */
  async mayList(context: CallContext, record: ArtifactRecord): Promise<boolean> {
    try {
      await this.check(context, record, false);
      return true;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.reason === "DOWNLOAD_FORBIDDEN") return false;
      if (error.reason === "VERSION_QUARANTINED") return roleIncludes(callerOf(context).role, "contributor");
      throw error;
    }
  }

  /** Whether what was missing had been collected meanwhile, with its artifact: then nothing was lost. */
  async isGone({ tenantUid, artifact }: ArtifactRecord, error: unknown): Promise<boolean> {
    const isMissing = error instanceof RpcError && error.reason === "ARTIFACT_DATA_LOST";
    return isMissing && (await this.#artifacts.get(tenantUid, artifact.digest)) === undefined;
  }

  async #get(tenantUid: string, digest: string, name: string): Promise<ArtifactRecord> {
    const record = await this.#artifacts.get(tenantUid, digest);
    if (record === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
    return record;
  }
}
