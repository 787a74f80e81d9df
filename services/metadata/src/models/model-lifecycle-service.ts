import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  DeleteModelResponseSchema,
  type ModelService,
  PurgeModelResponseSchema,
  RenameModelResponseSchema,
  UndeleteModelResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import { faultPoint } from "@slipway/runtime";
import type { ChangeStore } from "../changes/change-store.ts";
import { modelOf } from "../names/resource-name.ts";
import { versionSubject } from "../versions/version-event.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { changedModel, existingModel, liveModel, modelResourceName, type StoredModel, shownModel } from "./model.ts";
import { modelSubject } from "./model-event.ts";
import type { ModelStore } from "./model-store.ts";

/** Each purged version is two writes of a commit, which has at most 1,000. */
const PURGE_BATCH = 250;

export interface ModelLifecycleServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  changes: ChangeStore;
  publicUrl: string;
}

/** RenameModel, DeleteModel, UndeleteModel and PurgeModel. */
export function modelLifecycleHandlers({
  models,
  versions,
  changes,
  publicUrl,
}: ModelLifecycleServiceOptions): Pick<
  Handlers<typeof ModelService>,
  "renameModel" | "deleteModel" | "undeleteModel" | "purgeModel"
> {
  /** Marks the model as being purged, then removes its versions, each with its event, in bounded commits. */
  async function purgeVersions(context: CallContext, stored: StoredModel): Promise<void> {
    const { tenantUid } = callerOf(context);
    if (!stored.purging) {
      await changes.commit([models.replace(tenantUid, changedModel(stored, changes.nowMs(), { purging: true }))]);
    }
    for (;;) {
      const batch = await versions.some(tenantUid, stored.model.uid, PURGE_BATCH);
      if (batch.length === 0) return;
      context.signal.throwIfAborted();
      await changes.commit(
        batch.flatMap((version) => [
          versions.remove(tenantUid, version),
          changes.event(context, "slipway.version.purged", versionSubject(version, stored.model, publicUrl)),
        ]),
      );
      faultPoint("purge-model:between-batches");
    }
  }

  return {
    async renameModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name);
      const newName = modelOf(callerOf(context), request.newName);
      return changes.change(context, request, { key: name, name: request.name }, async () => {
        const stored = liveModel(await models.find(tenantUid, name), request.name);
        checkEtag(request.etag, stored.revision, request.name);
        const renamed = changedModel(stored, changes.nowMs(), { model: { name: modelResourceName(newName) } });
        if (await models.isNameTaken(tenantUid, newName)) throw fail("MODEL_EXISTS", { name: renamed.model.name });
        return {
          writes: [
            models.replace(tenantUid, renamed),
            models.takeName(tenantUid, renamed),
            models.freeName(tenantUid, stored),
            changes.event(context, "slipway.model.renamed", modelSubject(renamed)),
          ],
          response: create(RenameModelResponseSchema, { model: shownModel(renamed, renamed.revision + 1) }),
        };
      });
    },

    async deleteModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name);
      return changes.change(context, request, { key: name, name: request.name }, async () => {
        const stored = existingModel(await models.find(tenantUid, name), request.name);
        if (stored.model.deleteTime !== undefined) throw fail("MODEL_NOT_FOUND", { name: request.name });
        checkEtag(request.etag, stored.revision, request.name);
        const deleteTime = timestampFromMs(changes.nowMs());
        const changed = changedModel(stored, changes.nowMs(), { model: { deleteTime } });
        return {
          writes: [
            models.replace(tenantUid, changed),
            changes.event(context, "slipway.model.deleted", modelSubject(changed)),
          ],
          response: create(DeleteModelResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
    },

    async undeleteModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name);
      return changes.change(context, request, { key: name, name: request.name }, async () => {
        const stored = existingModel(await models.find(tenantUid, name), request.name);
        if (stored.model.deleteTime === undefined) {
          return {
            writes: [],
            response: create(UndeleteModelResponseSchema, { model: shownModel(stored, stored.revision) }),
          };
        }
        const changed = changedModel(stored, changes.nowMs(), { model: { deleteTime: undefined } });
        return {
          writes: [
            models.replace(tenantUid, changed),
            changes.event(context, "slipway.model.undeleted", modelSubject(changed)),
          ],
          response: create(UndeleteModelResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
    },

    async purgeModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name);
      return changes.change(context, request, { key: name, name: request.name }, async () => {
        const found = await models.find(tenantUid, name);
        if (found === undefined) throw fail("MODEL_NOT_FOUND", { name: request.name });
        if (found.model.deleteTime === undefined) throw fail("MODEL_NOT_DELETED", { name: request.name });
        await purgeVersions(context, found);
        const stored = await models.find(tenantUid, name);
        if (stored === undefined) throw fail("MODEL_NOT_FOUND", { name: request.name });
        return {
          writes: [
            ...models.remove(tenantUid, stored),
            changes.event(context, "slipway.model.purged", modelSubject(stored)),
          ],
          response: create(PurgeModelResponseSchema),
        };
      });
    },
  };
}
