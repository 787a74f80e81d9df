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
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { modelOf } from "../names/resource-name.ts";
import { changedModel, existingModel, liveModel, modelResourceName, shownModel } from "./model.ts";
import { modelSubject } from "./model-event.ts";
import type { ModelStore } from "./model-store.ts";
import type { PurgeWorker } from "./purge-worker.ts";
import type { RenameWorker } from "./rename-worker.ts";

export interface ModelLifecycleServiceOptions {
  models: ModelStore;
  purges: PurgeWorker;
  renames: RenameWorker;
  changes: ChangeStore;
}

/** RenameModel, DeleteModel, UndeleteModel and PurgeModel. */
export function modelLifecycleHandlers({
  models,
  purges,
  renames,
  changes,
}: ModelLifecycleServiceOptions): Pick<
  Handlers<typeof ModelService>,
  "renameModel" | "deleteModel" | "undeleteModel" | "purgeModel"
> {
  return {
    async renameModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name, "name");
      const newName = modelOf(callerOf(context), request.newName, "new_name");
      let isMore = false;
      const response = await changes.change(context, request, { key: name, name: request.name }, async () => {
        const stored = liveModel(await models.find(tenantUid, name), request.name);
        checkEtag(request.etag, stored.revision, request.name);
        const rename = { model: { name: modelResourceName(newName) } };
        const renamed = changedModel(stored, changes.nowMs(), rename);
        if (await models.isNameTaken(tenantUid, newName)) throw fail("MODEL_EXISTS", { name: renamed.model.name });
        const versions = await renames.tell(tenantUid, renamed);
        isMore = versions.isMore;
        return {
          writes: [
            models.replace(tenantUid, renamed),
            ...versions.told,
            models.takeName(tenantUid, renamed),
            models.freeName(tenantUid, stored),
            changes.event(callerOf(context), "slipway.model.renamed", modelSubject(renamed)),
          ],
          response: create(RenameModelResponseSchema, { model: shownModel(renamed, renamed.revision + 1) }),
        };
      });
      if (isMore) renames.wake();
      return response;
    },

    async deleteModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name, "name");
      return changes.change(context, request, { key: name, name: request.name }, async () => {
        const stored = existingModel(await models.find(tenantUid, name), request.name);
        if (stored.model.deleteTime !== undefined) throw fail("MODEL_NOT_FOUND", { name: request.name });
        checkEtag(request.etag, stored.revision, request.name);
        const deleteTime = timestampFromMs(changes.nowMs());
        const changed = changedModel(stored, changes.nowMs(), { model: { deleteTime } });
        return {
          writes: [
            models.replace(tenantUid, changed),
            changes.event(callerOf(context), "slipway.model.deleted", modelSubject(changed)),
          ],
          response: create(DeleteModelResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
    },

    async undeleteModel(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.name, "name");
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
            changes.event(callerOf(context), "slipway.model.undeleted", modelSubject(changed)),
          ],
          response: create(UndeleteModelResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
    },

    async purgeModel(request, context) {
      const caller = callerOf(context);
      const name = modelOf(caller, request.name, "name");
      return changes.change(context, request, { key: name, name: request.name }, async () => {
        const stored = await models.find(caller.tenantUid, name);
        if (stored === undefined) throw fail("MODEL_NOT_FOUND", { name: request.name });
        if (stored.model.deleteTime === undefined) throw fail("MODEL_NOT_DELETED", { name: request.name });
        const writes = await purges.run(caller.tenantUid, stored, caller, context.signal);
        return { writes, response: create(PurgeModelResponseSchema) };
      });
    },
  };
}
