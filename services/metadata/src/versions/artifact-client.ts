import type { Artifact, File } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
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

/** Claims and lists artifacts at the artifact service, for the tenant and the principal of a call. */
export class ArtifactClient {
  readonly #references: Client<typeof ReferenceService>;
  readonly #artifacts: Client<typeof ArtifactService>;

  constructor(transport: Transport) {
    this.#references = createClient(ReferenceService, transport);
    this.#artifacts = createClient(ArtifactService, transport);
  }

  /**
   * Claims an artifact for a version that is about to exist. Refuses with ARTIFACT_NOT_FOUND, ARTIFACT_CORRUPT and
   * DEPENDENCY_UNAVAILABLE.
   */
  async acquire(context: CallContext, artifact: string, holderUid: string): Promise<Artifact> {
    const reply = await reached(this.#references.acquireReference({ artifact, holderUid }, optionsFor(context)));
    if (reply.artifact === undefined) throw fail("ARTIFACT_NOT_FOUND", { name: artifact });
    return reply.artifact;
  }

  /**
   * The files of an artifact, sorted by the UTF-8 bytes of their paths, at most 100,000, read in pages as far as they are
   * looked at. Refuses with ARTIFACT_NOT_FOUND and DEPENDENCY_UNAVAILABLE.
   */
  async *files(context: CallContext, artifact: string): AsyncIterable<File> {
    let pageToken = "";
    do {
      const page = await reached(this.#artifacts.listFiles({ artifact, pageToken }, optionsFor(context)));
      yield* page.files;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }

  /** Refuses with ARTIFACT_NOT_FOUND what the tenant does not have, and with DEPENDENCY_UNAVAILABLE. */
  async checkExists(context: CallContext, artifact: string): Promise<void> {
    await reached(this.#artifacts.getArtifact({ name: artifact }, optionsFor(context)));
  }

  /** Gives up a claim whose version will not exist. Where that fails, it lapses by itself, so that is only logged. */
  async release(context: CallContext, artifact: string, holderUid: string): Promise<void> {
    try {
      const { headers } = optionsFor(context);
      await this.#references.releaseReference({ artifact, holderUid }, { headers, timeoutMs: RELEASE_TIMEOUT_MS });
    } catch (error) {
      context.log.warn({ artifact, holderUid, error }, "a reference was not released and will lapse");
    }
  }
}

/** What the artifact service answers; says by name which service is away. */
async function reached<Reply>(call: Promise<Reply>): Promise<Reply> {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof RpcError && cause.code === "UNAVAILABLE") {
      throw fail("DEPENDENCY_UNAVAILABLE", { dependency: "The artifact service" }, { cause });
    }
    throw cause;
  }
}

function optionsFor(context: CallContext) {
  const { tenantUid, tenant, principal } = callerOf(context);
  const { headers, ...options } = callOptionsFrom(context);
  return { ...options, headers: { ...headers, ...onBehalfOf(tenantUid, tenant, principal) } };
}
