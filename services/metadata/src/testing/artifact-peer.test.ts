import { create } from "@bufbuild/protobuf";
import {
  type Artifact,
  ArtifactSchema,
  ArtifactState,
  type File,
  FileSchema,
} from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { type Binding, bind, callerOf, fail } from "@slipway/rpc";

/**
 * Answers as the artifact service does, about artifacts that a test announces; test/integration runs the same calls
 * against the real one.
 */
export class ArtifactPeer {
  /** `{tenant uid}/{artifact}` to artifact. */
  readonly #artifacts = new Map<string, Artifact>();
  /** `{tenant uid}/{artifact}` to files. */
  readonly #files = new Map<string, File[]>();
  /** Holders that have a claim. */
  readonly holders = new Set<string>();
  /** Runs before each claim is answered. */
  onAcquire: () => Promise<void> = async () => undefined;

  /** Makes an artifact known, READY unless said otherwise. */
  announce(tenantUid: string, artifact: Artifact): void {
    this.#artifacts.set(`${tenantUid}/${artifact.name}`, artifact);
  }

  /** Says which files an artifact has, from path to a seed of their content; sorted as here. */
  announceFiles(tenantUid: string, artifact: string, files: Record<string, number>): void {
    const listed = Object.entries(files).map(([path, seed]) =>
      create(FileSchema, { path, sizeBytes: BigInt(seed), sha256: seed.toString(16).padStart(64, "0") }),
    );
    this.#files.set(`${tenantUid}/${artifact}`, listed);
  }

  readonly bindings: Binding[] = [this.#referenceService(), this.#artifactService()];

  /** Pages of two, so that there is something to turn. */
  #artifactService(): Binding {
    return bind(ArtifactService, {
      listFiles: async ({ artifact, pageToken }, context) => {
        const files = this.#files.get(`${callerOf(context).tenantUid}/${artifact}`);
        if (files === undefined) throw fail("ARTIFACT_NOT_FOUND", { name: artifact });
        const from = Number(pageToken);
        return { files: files.slice(from, from + 2), nextPageToken: from + 2 < files.length ? String(from + 2) : "" };
      },
      getArtifact: async ({ name }, context) => {
        const artifact = this.#artifacts.get(`${callerOf(context).tenantUid}/${name}`);
        if (artifact === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
        return { artifact: create(ArtifactSchema, artifact) };
      },
      downloadFile: notAsked,
      inspectArtifact: notAsked,
      collectGarbage: notAsked,
    });
  }

  #referenceService(): Binding {
    return bind(ReferenceService, {
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
}

function notAsked(): never {
  throw new Error("the metadata service does not ask this");
}
