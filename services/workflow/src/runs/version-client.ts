import type { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type CallContext, type Caller, type Client, callOptionsFrom, onBehalfOf, RESOURCE_NAMES } from "@slipway/rpc";

/** What a run keeps of the version that it is about. */
export interface RunSubject {
  /** Full resource name. */
  subject: string;
  subjectUid: string;
  /** `artifacts/{digest}`. */
  artifact: string | undefined;
}

/** Asks metadata for versions, on behalf of whoever calls. */
export class VersionClient {
  readonly #versions: Client<typeof VersionService>;

  constructor(versions: Client<typeof VersionService>) {
    this.#versions = versions;
  }

  /** Throws what metadata says: VERSION_NOT_FOUND, MODEL_NOT_FOUND. */
  async subjectOf(name: string, caller: Caller, context: CallContext): Promise<RunSubject> {
    const { tenant, tenantUid, principal } = caller;
    const values = RESOURCE_NAMES.version.parseIn(tenant, name);
    const options = callOptionsFrom(context);
    const headers = { ...options.headers, ...onBehalfOf(tenantUid, tenant, principal) };
    const relative = RESOURCE_NAMES.version.format(values);
    const { version } = await this.#versions.getVersion({ name: relative }, { ...options, headers });
    const artifact = version?.artifact === "" ? undefined : version?.artifact;
    return {
      subject: RESOURCE_NAMES.version.format({ ...values, tenant }),
      subjectUid: version?.uid ?? "",
      artifact,
    };
  }
}
