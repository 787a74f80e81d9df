import { create } from "@bufbuild/protobuf";
import type { Artifact } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import {
  type CreateVersionRequest,
  type CreateVersionResponse,
  CreateVersionResponseSchema,
  type VersionService,
} from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type CallContext, callerOf, type Handlers, RpcError } from "@slipway/rpc";
import { faultPoint } from "@slipway/runtime";
import type { ChangeStore, Plan } from "../changes/change-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import { changedModel, liveModel, modelNameOf, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { artifactOf, modelOf } from "../names/resource-name.ts";
import type { ArtifactClient } from "./artifact-client.ts";
import { allocateNumber, countNumber } from "./number-allocation.ts";
import type { RetiredNumberStore } from "./retired-number-store.ts";
import { checkSignature } from "./signature.ts";
import { newVersion, shownVersion, signatureOf } from "./version.ts";
import { shownSubject } from "./version-event.ts";
import { higherNumber } from "./version-number.ts";
import type { VersionStore } from "./version-store.ts";

export interface CreateVersionServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  numbers: RetiredNumberStore;
  artifacts: ArtifactClient;
  changes: ChangeStore;
  publicUrl: string;
}

/** CreateVersion. */
export function createVersionHandlers({
  models,
  versions,
  numbers,
  artifacts,
  changes,
  publicUrl,
}: CreateVersionServiceOptions): Pick<Handlers<typeof VersionService>, "createVersion"> {
  /**
   * The answer to `unless_unchanged`, where the model's newest version has the artifact already, or the artifact was
   * rejected.
   */
  async function unchanged(
    { unlessUnchanged, numbering }: CreateVersionRequest,
    { model }: StoredModel,
    tenantUid: string,
    artifact: string,
  ): Promise<CreateVersionResponse | undefined> {
    if (!unlessUnchanged) return undefined;
    const newest = await versions.newest(tenantUid, model.uid);
    const same =
      newest?.version.artifact === artifact ? newest : await versions.lastRejected(tenantUid, model.uid, artifact);
    if (same === undefined) return undefined;
    if (numbering.case === "number" && numbering.value !== same.version.number) return undefined;
    const version = shownVersion(same, same.revision, modelNameOf(model), publicUrl);
    return create(CreateVersionResponseSchema, { version, unchanged: true });
  }

  /** The number and everything that is written with it. */
  async function plan(
    context: CallContext,
    request: CreateVersionRequest,
    stored: StoredModel,
    { uid, artifact }: { uid: string; artifact: Artifact },
  ): Promise<Plan<CreateVersionResponse>> {
    const { tenantUid, principal } = callerOf(context);
    const { model, counters } = stored;
    const signature = signatureOf(request, artifact);
    const { number, decision } = await allocateNumber(
      request,
      { model, counters, signature },
      {
        isTaken: async (candidate) =>
          (await versions.get(tenantUid, model.uid, candidate)) !== undefined ||
          (await numbers.has(tenantUid, model.uid, candidate)),
        highest: async (below) => {
          const there = await versions.highest(tenantUid, model.uid, below);
          const retired = await numbers.highest(tenantUid, model.uid, below);
          return retired === undefined ? there : higherNumber(there, retired);
        },
        highestComparable: async (below) => {
          if (below !== undefined) return versions.highestComparable(tenantUid, model.uid, { below });
          return counters.comparable === undefined
            ? undefined
            : versions.get(tenantUid, model.uid, counters.comparable);
        },
      },
    );
    const ordinal = model.versionCount + 1n;
    const nowMs = changes.nowMs();
    const version = newVersion(request, artifact, { uid, model, number, ordinal, creator: principal, nowMs });
    const counted = changedModel(stored, nowMs, {
      model: { versionCount: ordinal },
      counters: countNumber(counters, number),
    });
    const shown = shownVersion(version, 1, modelNameOf(model), publicUrl);
    return {
      writes: [
        models.replace(tenantUid, counted),
        versions.insert(tenantUid, version),
        changes.event(callerOf(context), "slipway.version.created", shownSubject(shown, 1)),
      ],
      response: create(CreateVersionResponseSchema, { version: shown, decision }),
    };
  }

  return {
    async createVersion(request, context) {
      const caller = callerOf(context);
      const name = modelOf(caller, request.parent, "parent");
      const artifactName = artifactOf(caller, request.artifact, "artifact");
      checkSignature(request.signature);
      const current = async () => liveModel(await models.find(caller.tenantUid, name), request.parent);

      return changes.once<CreateVersionResponse>(context, request, async (record) => {
        const known = await current();
        const same = await unchanged(request, known, caller.tenantUid, artifactName);
        if (same !== undefined) {
          await changes.commit(record(same));
          return same;
        }
        const uid = changes.uid();
        faultPoint("metadata.version.acquiring" satisfies MetadataFaultPoint);
        const claimed = { uid, artifact: await artifacts.acquire(context, artifactName, uid) };
        faultPoint("metadata.version.acquired" satisfies MetadataFaultPoint);
        const turn = { key: `${caller.tenantUid}/${name}`, name: request.parent, signal: context.signal };
        let response: CreateVersionResponse;
        try {
          response = await changes.inTurn(
            turn,
            async (mayHaveChanged) => {
              // Where nobody was before it in the queue, most often nothing changed while the artifact was claimed, and the
              // commit notices what did.
              if (!mayHaveChanged) return plan(context, request, known, claimed);
              const stored = await current();
              const meanwhile = await unchanged(request, stored, caller.tenantUid, artifactName);
              if (meanwhile !== undefined) return { writes: [], response: meanwhile };
              return plan(context, request, stored, claimed);
            },
            record,
          );
        } catch (error) {
          // Only a refusal says for certain that the version does not exist.
          if (error instanceof RpcError) await artifacts.release(context, artifactName, uid);
          throw error;
        }
        if (response.unchanged) await artifacts.release(context, artifactName, uid);
        faultPoint("metadata.version.committed" satisfies MetadataFaultPoint);
        return response;
      });
    },
  };
}
