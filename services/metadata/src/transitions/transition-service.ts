import type { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { TransitionSchema } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import { modelNameOf } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { modelOrAllOf, transitionOf } from "../names/resource-name.ts";
import { fittingCount } from "../search/page-bytes.ts";
import { shownTransition } from "./transition.ts";
import { transitionQuery } from "./transition-search.ts";
import type { TransitionStore } from "./transition-store.ts";
import { visibleModel } from "./visible-model.ts";

export interface TransitionServiceOptions {
  models: ModelStore;
  transitions: TransitionStore;
}

/** GetTransition and ListTransitions. */
export function transitionHandlers({
  models,
  transitions,
}: TransitionServiceOptions): Pick<Handlers<typeof StageService>, "getTransition" | "listTransitions"> {
  return {
    async getTransition(request, context) {
      const caller = callerOf(context);
      const { model, uid } = transitionOf(caller, request.name, "name");
      const found = await transitions.find(caller.tenantUid, model, uid);
      if (found === undefined) throw fail("TRANSITION_NOT_FOUND", { name: request.name });
      return { transition: shownTransition(found.transition, found.transition.revision, model) };
    },

    async listTransitions(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const name = modelOrAllOf(caller, request.parent, "parent");
      const parent = name === undefined ? undefined : visibleModel(await models.find(tenantUid, name), request.parent);
      const query = transitionQuery(request, parent?.model.uid);
      let page = await transitions.list(tenantUid, query, request);
      const fitting = fittingCount(
        TransitionSchema,
        page.transitions.map(({ transition }) => transition),
      );
      if (fitting < page.transitions.length) {
        page = await transitions.list(tenantUid, query, { ...request, pageSize: fitting });
      }
      const uids = [...new Set(page.transitions.map(({ modelUid }) => modelUid))];
      const parents = await models.getMany(tenantUid, uids);
      return {
        transitions: page.transitions.flatMap((stored) => {
          const model = parents.get(stored.modelUid)?.model;
          // A deleted model hides what belongs to it; the page is then shorter than asked for, which AIP-158 allows.
          if (model === undefined || model.deleteTime !== undefined) return [];
          return [shownTransition(stored, stored.revision, modelNameOf(model))];
        }),
        nextPageToken: page.nextPageToken,
      };
    },
  };
}
