import type { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import {
  type CallContext,
  type Caller,
  type Client,
  callOptionsFrom,
  onBehalfOf,
  RESOURCE_NAMES,
  RpcError,
} from "@slipway/rpc";

/** Where StartRun has the name of the version. */
const FIELD = "subject";

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

  /** Throws what metadata says: VERSION_NOT_FOUND, MODEL_NOT_FOUND, and which names are no names, about `subject`. */
  async subjectOf(name: string, caller: Caller, context: CallContext): Promise<RunSubject> {
    const { tenant, tenantUid, principal } = caller;
    const values = RESOURCE_NAMES.version.parseIn(tenant, name, FIELD);
    const options = callOptionsFrom(context);
    const headers = { ...options.headers, ...onBehalfOf(tenantUid, tenant, principal) };
    const relative = RESOURCE_NAMES.version.format(values);
    const asked = this.#versions.getVersion({ name: relative }, { ...options, headers });
    const { version } = await asked.catch((error: unknown) => {
      throw error instanceof RpcError ? error.aboutField(FIELD) : error;
    });
    const artifact = version?.artifact === "" ? undefined : version?.artifact;
    return {
      subject: RESOURCE_NAMES.version.format({ ...values, tenant }),
      subjectUid: version?.uid ?? "",
      artifact,
    };
  }
}
