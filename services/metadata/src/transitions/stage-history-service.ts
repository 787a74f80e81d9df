import { timestampMs } from "@bufbuild/protobuf/wkt";
import { StageEntrySchema } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import type { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { callerOf, type Handlers } from "@slipway/rpc";
import type { ModelStore } from "../models/model-store.ts";
import { modelOf } from "../names/resource-name.ts";
import { fittingCount } from "../search/page-bytes.ts";
import type { RetiredNumberStore } from "../versions/retired-number-store.ts";
import { versionResourceName } from "../versions/version.ts";
import { type StoredEntry, shownEntry } from "./stage-entry.ts";
import { entryQuery } from "./stage-entry-search.ts";
import type { StageEntryStore } from "./stage-entry-store.ts";
import { visibleModel } from "./visible-model.ts";

export interface StageHistoryServiceOptions {
  models: ModelStore;
  entries: StageEntryStore;
  numbers: RetiredNumberStore;
}

/** GetStageAt and ListStageEntries. */
export function stageHistoryHandlers({
  models,
  entries,
  numbers,
}: StageHistoryServiceOptions): Pick<Handlers<typeof StageService>, "getStageAt" | "listStageEntries"> {
  /** Which versions entries are about, and those of them that are purged. */
  async function versionsOf(tenantUid: string, modelUid: string, found: readonly StoredEntry[]) {
    const all = [...new Set(found.map(({ entry }) => entry.version))];
    return { all, purged: await numbers.among(tenantUid, modelUid, all) };
  }

  return {
    async getStageAt({ model: given, stage, time }, context) {
      const caller = callerOf(context);
      const name = modelOf(caller, given, "model");
      const { model } = visibleModel(await models.find(caller.tenantUid, name), given);
      const timeMs = time === undefined ? undefined : timestampMs(time);
      const found = await entries.at(caller.tenantUid, model.uid, stage, timeMs);
      const { all, purged } = await versionsOf(caller.tenantUid, model.uid, found);
      const named = (some: readonly string[]) => some.map((number) => versionResourceName(name, number));
      return { versions: named(all), purgedVersions: named(all.filter((number) => purged.has(number))) };
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
      const { purged } = await versionsOf(tenantUid, model.uid, page.entries);
      const shown = page.entries.map((stored) => shownEntry(stored, name, purged));
      return { entries: shown, nextPageToken: page.nextPageToken };
    },
  };
}
