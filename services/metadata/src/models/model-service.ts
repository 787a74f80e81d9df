import { create } from "@bufbuild/protobuf";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import {
  CreateModelResponseSchema,
  type ModelService,
  UpdateModelResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { applyMask, checkEtag } from "@slipway/resources";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import { checkAdministrator } from "../access/role.ts";
import type { ChangeStore } from "../changes/change-store.ts";
import { modelOf } from "../names/resource-name.ts";
import { samePolicy } from "../retention/retention.ts";
import { countMatches } from "../search/match-counts.ts";
import { fittingCount } from "../search/page-bytes.ts";
import {
  changedModel,
  checkTagCount,
  existingModel,
  liveModel,
  modelResourceName,
  newModel,
  type StoredModel,
  shownModel,
  UPDATABLE_MODEL_FIELDS,
} from "./model.ts";
import { modelSubject } from "./model-event.ts";
import { MODEL_FACETS } from "./model-facets.ts";
import { modelQuery } from "./model-search.ts";
import type { ModelStore } from "./model-store.ts";
import { foreignModel, modelFrom, type PlaceOf } from "./place.ts";

export interface ModelServiceOptions {
  models: ModelStore;
  /** Those that other tenants share with the one that is given: one of the named exceptions in across-tenants.ts. */
  sharedModels: Pick<ModelStore, "list" | "matches">;
  placeOf: PlaceOf;
  changes: ChangeStore;
  /** Has retention policies applied soon. */
  sweepSoon: () => void;
}

/** CreateModel, GetModel, ListModels and UpdateModel. */
export function modelHandlers({
  models,
  sharedModels,
  placeOf,
  changes,
  sweepSoon,
}: ModelServiceOptions): Pick<
  Handlers<typeof ModelService>,
  "createModel" | "getModel" | "listModels" | "updateModel"
> {
  return {
    async createModel(request, context) {
      const { tenantUid, principal } = callerOf(context);
      const sent = request.model ?? create(ModelSchema);
      const name = modelOf(callerOf(context), sent.name, "model.name");
      const resourceName = modelResourceName(name);
      return changes.change(context, request, { key: name, name: resourceName }, async () => {
        if (await models.isNameTaken(tenantUid, name)) throw fail("MODEL_EXISTS", { name: resourceName });
        const model = newModel(sent, { name, uid: changes.uid(), creator: principal, nowMs: changes.nowMs() });
        return {
          writes: [
            ...models.insert(tenantUid, model),
            changes.event(callerOf(context), "slipway.model.created", modelSubject(model)),
          ],
          response: create(CreateModelResponseSchema, { model: shownModel(model, 1) }),
        };
      });
    },

    async getModel(request, context) {
      const place = await placeOf(callerOf(context), request.name, "name");
      const found = await models.find(place.tenantUid, modelOf(place, request.name, "name"));
      const stored = existingModel(found, request.name);
      return { model: modelFrom(place, shownModel(stored, stored.revision)) };
    },

    async listModels(request, context) {
      const { tenantUid } = callerOf(context);
      const query = modelQuery(request);
      const source = request.shared ? sharedModels : models;
      let page = await source.list(tenantUid, query, request);
      const fitting = fittingCount(
        ModelSchema,
        page.models.map(({ model }) => model),
      );
      if (fitting < page.models.length) page = await source.list(tenantUid, query, { ...request, pageSize: fitting });
      const shown = (stored: StoredModel) => shownModel(stored, stored.revision);
      return {
        models: page.models.map((stored) => (request.shared ? foreignModel(stored, shown(stored)) : shown(stored))),
        nextPageToken: page.nextPageToken,
        ...(await countMatches(request, MODEL_FACETS, source.matches(tenantUid, query.filter))),
      };
    },

    async updateModel(request, context) {
      const { tenantUid } = callerOf(context);
      const sent = request.model ?? create(ModelSchema);
      const name = modelOf(callerOf(context), sent.name, "model.name");
      const reply = await changes.change(context, request, { key: name, name: sent.name }, async () => {
        const stored = liveModel(await models.find(tenantUid, name), sent.name);
        checkEtag(sent.etag, stored.revision, sent.name);
        const model = applyMask(ModelSchema, stored.model, sent, request.updateMask, UPDATABLE_MODEL_FIELDS);
        checkTagCount(model.tags, "model.tags");
        const isRetained = !samePolicy(stored.model, model);
        if (isRetained) checkAdministrator(callerOf(context), "A retention policy");
        if (model.compatibility !== stored.model.compatibility) {
          checkAdministrator(callerOf(context), "What the numbers of versions must promise");
        }
        const { tenant, principal } = callerOf(context);
        const changed = changedModel(stored, changes.nowMs(), {
          model,
          ...(isRetained && { retainer: { tenant, principal } }),
        });
        return {
          writes: [
            models.replace(tenantUid, changed),
            changes.event(callerOf(context), "slipway.model.updated", modelSubject(changed)),
          ],
          response: create(UpdateModelResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
      if (reply.model?.retention !== undefined) sweepSoon();
      return reply;
    },
  };
}
