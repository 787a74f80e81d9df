import type { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { modelOf } from "../names/resource-name.ts";
import type { TransitionStore } from "../transitions/transition-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { decide } from "./retention.ts";
import { versionsOf } from "./retention-search.ts";

export interface PreviewRetentionServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  transitions: TransitionStore;
  changes: ChangeStore;
}

/** PreviewRetention. */
export function previewRetentionHandlers({
  models,
  versions,
  transitions,
  changes,
}: PreviewRetentionServiceOptions): Pick<Handlers<typeof ModelService>, "previewRetention"> {
  return {
    async previewRetention(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const { model } = liveModel(await models.find(tenantUid, modelOf(caller, request.name, "name")), request.name);
      const policy = request.policy ?? model.retention;
      if (policy === undefined) throw fail("RETENTION_MISSING", { name: request.name });
      const lastFrom = await versions.lastFrom(tenantUid, model.uid, policy.keepLast);
      const newestFirst = { by: "created", direction: "descending" } as const;
      const query = { filter: versionsOf(model.uid), ordering: newestFirst };
      const page = await versions.list(tenantUid, query, request);
      const uids = page.versions.map(({ version }) => version.uid);
      const moving = await transitions.moving(tenantUid, uids);
      const facts = { model, policy, lastFrom, moving, nowMs: changes.nowMs() };
      return { decisions: page.versions.map((stored) => decide(stored, facts)), nextPageToken: page.nextPageToken };
    },
  };
}
