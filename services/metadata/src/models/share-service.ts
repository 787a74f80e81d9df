import { create } from "@bufbuild/protobuf";
import type { Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import {
  type ModelService,
  type ShareModelRequest,
  ShareModelResponseSchema,
  type UnshareModelRequest,
  UnshareModelResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { type CallContext, callerOf, type Handlers } from "@slipway/rpc";
import type { ChangeStore, Plan } from "../changes/change-store.ts";
import { modelOf } from "../names/resource-name.ts";
import { changedModel, liveModel, shownModel } from "./model.ts";
import { modelSubject } from "./model-event.ts";
import type { ModelStore } from "./model-store.ts";

export interface ShareServiceOptions {
  models: ModelStore;
  changes: ChangeStore;
}

/** ShareModel and UnshareModel. */
export function shareHandlers({
  models,
  changes,
}: ShareServiceOptions): Pick<Handlers<typeof ModelService>, "shareModel" | "unshareModel"> {
  /** What makes a model shared or not; nothing where it is that already. */
  async function plan(
    { name, etag }: ShareModelRequest | UnshareModelRequest,
    context: CallContext,
    shared: boolean,
  ): Promise<Plan<Model>> {
    const caller = callerOf(context);
    const stored = liveModel(await models.find(caller.tenantUid, modelOf(caller, name, "name")), name);
    checkEtag(etag, stored.revision, name);
    if (stored.model.shared === shared) return { writes: [], response: shownModel(stored, stored.revision) };
    const { tenant, principal } = caller;
    const changed = changedModel(stored, changes.nowMs(), {
      model: { shared },
      ...(shared && { sharer: { tenant, principal } }),
    });
    return {
      writes: [
        models.replace(caller.tenantUid, changed),
        changes.event(caller, shared ? "slipway.model.shared" : "slipway.model.unshared", modelSubject(changed)),
      ],
      response: shownModel(changed, changed.revision + 1),
    };
  }

  return {
    async shareModel(request, context) {
      const turn = { key: modelOf(callerOf(context), request.name, "name"), name: request.name };
      return changes.change(context, request, turn, async () => {
        const { writes, response: model } = await plan(request, context, true);
        return { writes, response: create(ShareModelResponseSchema, { model }) };
      });
    },

    async unshareModel(request, context) {
      const turn = { key: modelOf(callerOf(context), request.name, "name"), name: request.name };
      return changes.change(context, request, turn, async () => {
        const { writes, response: model } = await plan(request, context, false);
        return { writes, response: create(UnshareModelResponseSchema, { model }) };
      });
    },
  };
}
