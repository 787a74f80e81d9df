import type { Artifact } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import {
  type CallContext,
  type Client,
  callerOf,
  callOptionsFrom,
  createClient,
  fail,
  onBehalfOf,
  RpcError,
  type Transport,
} from "@slipway/rpc";

/** How long to wait for a release that nobody waits for; what is not released lapses after an hour by itself. */
const RELEASE_TIMEOUT_MS = 5_000;

/** Claims artifacts at the artifact service, for the tenant and the principal of a call. */
export class ArtifactClient {
  readonly #references: Client<typeof ReferenceService>;

  constructor(transport: Transport) {
    this.#references = createClient(ReferenceService, transport);
  }

  /**
   * Claims an artifact for a version that is about to exist. Refuses with ARTIFACT_NOT_FOUND, ARTIFACT_CORRUPT and
   * DEPENDENCY_UNAVAILABLE.
   */
  async acquire(context: CallContext, artifact: string, holderUid: string): Promise<Artifact> {
    const { headers, ...options } = callOptionsFrom(context);
    try {
      const reply = await this.#references.acquireReference(
        { artifact, holderUid },
        { ...options, headers: { ...headers, ...behalfOf(context) } },
      );
      if (reply.artifact === undefined) throw fail("ARTIFACT_NOT_FOUND", { name: artifact });
      return reply.artifact;
    } catch (cause) {
      if (cause instanceof RpcError && cause.code === "UNAVAILABLE") {
        throw fail("DEPENDENCY_UNAVAILABLE", { dependency: "The artifact service" }, { cause });
      }
      throw cause;
    }
  }

  /** Gives up a claim whose version will not exist. Where that fails, it lapses by itself, so that is only logged. */
  async release(context: CallContext, artifact: string, holderUid: string): Promise<void> {
    try {
      const headers = { ...callOptionsFrom(context).headers, ...behalfOf(context) };
      await this.#references.releaseReference({ artifact, holderUid }, { headers, timeoutMs: RELEASE_TIMEOUT_MS });
    } catch (error) {
      context.log.warn({ artifact, holderUid, error }, "a reference was not released and will lapse");
    }
  }
}

function behalfOf(context: CallContext): Record<string, string> {
  const { tenantUid, tenant, principal } = callerOf(context);
  return onBehalfOf(tenantUid, tenant, principal);
}
