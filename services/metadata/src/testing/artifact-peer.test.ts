import { create } from "@bufbuild/protobuf";
import { type Artifact, ArtifactSchema, ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { type Binding, bind, callerOf, fail } from "@slipway/rpc";

/**
 * Answers as the artifact service's ReferenceService does, about artifacts that a test announces; test/integration runs
 * the same calls against the real one.
 */
export class ArtifactPeer {
  /** `{tenant uid}/{artifact}` to artifact. */
  readonly #artifacts = new Map<string, Artifact>();
  /** Holders that have a claim. */
  readonly holders = new Set<string>();
  /** Runs before each claim is answered. */
  onAcquire: () => Promise<void> = async () => undefined;

  /** Makes an artifact known, READY unless said otherwise. */
  announce(tenantUid: string, artifact: Artifact): void {
    this.#artifacts.set(`${tenantUid}/${artifact.name}`, artifact);
  }

  readonly binding: Binding = bind(ReferenceService, {
    acquireReference: async ({ artifact: name, holderUid }, context) => {
      await this.onAcquire();
      const artifact = this.#artifacts.get(`${callerOf(context).tenantUid}/${name}`);
      if (artifact === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
      if (artifact.state === ArtifactState.CORRUPT) throw fail("ARTIFACT_CORRUPT", { name });
      this.holders.add(holderUid);
      return { reference: { artifact: name, holderUid }, artifact: create(ArtifactSchema, artifact) };
    },
    confirmReference: async ({ artifact, holderUid }) => ({ reference: { artifact, holderUid } }),
    releaseReference: async ({ holderUid }) => {
      this.holders.delete(holderUid);
      return {};
    },
    listReferences: async () => ({}),
  });
}
