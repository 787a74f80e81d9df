import { timestampMs } from "@bufbuild/protobuf/wkt";
import { StageEntrySchema } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import type { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { callerOf, type Handlers } from "@slipway/rpc";
import type { ModelStore } from "../models/model-store.ts";
import { modelOf } from "../names/resource-name.ts";
import { fittingCount } from "../search/page-bytes.ts";
import { versionResourceName } from "../versions/version.ts";
import { shownEntry } from "./stage-entry.ts";
import { entryQuery } from "./stage-entry-search.ts";
import type { StageEntryStore } from "./stage-entry-store.ts";
import { visibleModel } from "./visible-model.ts";

export interface StageHistoryServiceOptions {
  models: ModelStore;
  entries: StageEntryStore;
}

/** GetStageAt and ListStageEntries. */
export function stageHistoryHandlers({
  models,
  entries,
}: StageHistoryServiceOptions): Pick<Handlers<typeof StageService>, "getStageAt" | "listStageEntries"> {
  return {
    async getStageAt({ model: given, stage, time }, context) {
      const caller = callerOf(context);
      const name = modelOf(caller, given, "model");
      const { model } = visibleModel(await models.find(caller.tenantUid, name), given);
      const timeMs = time === undefined ? undefined : timestampMs(time);
      const found = await entries.at(caller.tenantUid, model.uid, stage, timeMs);
      return { versions: found.map(({ entry }) => versionResourceName(name, entry.version)) };
    },

    async listStageEntries(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.parent, "parent");
      const { model } = visibleModel(await models.find(tenantUid, name), request.parent);
      const query = entryQuery(request, model.uid);
      let page = await entries.list(tenantUid, query, request);
      const fitting = fittingCount(
        StageEntrySchema,
        page.entries.map(({ entry }) => entry),
      );
      if (fitting < page.entries.length) {
        page = await entries.list(tenantUid, query, { ...request, pageSize: fitting });
      }
      return { entries: page.entries.map((stored) => shownEntry(stored, name)), nextPageToken: page.nextPageToken };
    },
  };
}
