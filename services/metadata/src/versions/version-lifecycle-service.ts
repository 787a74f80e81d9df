import { create } from "@bufbuild/protobuf";
import {
  DeleteVersionResponseSchema,
  UndeleteVersionResponseSchema,
  type VersionService,
} from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { aliasesOf } from "../models/alias.ts";
import { liveModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { versionOf } from "../names/resource-name.ts";
import type { StageWorker } from "../transitions/stage-worker.ts";
import { rankedModel, rankingOf, rankingWith } from "./ranking.ts";
import { changedVersion, ofLiveModel, shownVersion, visibleVersion } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import type { VersionRemovalWorker } from "./version-removal-worker.ts";
import type { VersionStore } from "./version-store.ts";

export interface VersionLifecycleServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  stages: StageWorker;
  removals: VersionRemovalWorker;
  changes: ChangeStore;
  publicUrl: string;
}

/** DeleteVersion and UndeleteVersion. */
export function versionLifecycleHandlers({
  models,
  versions,
  stages,
  removals,
  changes,
  publicUrl,
}: VersionLifecycleServiceOptions): Pick<Handlers<typeof VersionService>, "deleteVersion" | "undeleteVersion"> {
  return {
    async deleteVersion(request, context) {
      const { tenantUid } = callerOf(context);
      const { model, number } = versionOf(callerOf(context), request.name, "name");
      return changes.change(context, request, { key: model, name: request.name }, async () => {
        const found = ofLiveModel(await versions.find(tenantUid, model, number));
        const stored = visibleVersion(found?.version, false, request.name);
        const parent = liveModel(found?.model, request.name);
        checkEtag(request.etag, stored.revision, request.name);
        const aliases = aliasesOf(parent.model.aliases, number);
        if (aliases.length > 0) {
          throw fail("VERSION_IN_USE", { name: request.name, uses: `the alias ${aliases.join(", ")}` });
        }
        const { writes, deleted } = await removals.deletion(callerOf(context), parent, stored);
        return {
          writes,
          response: create(DeleteVersionResponseSchema, {
            version: shownVersion(deleted, deleted.revision + 1, model, publicUrl),
          }),
        };
      });
    },

    async undeleteVersion(request, context) {
      const { tenantUid } = callerOf(context);
      const { model, number } = versionOf(callerOf(context), request.name, "name");
      return changes.change(context, request, { key: model, name: request.name }, async () => {
        const found = await versions.find(tenantUid, model, number);
        const stored = found?.version;
        if (stored === undefined) throw fail("VERSION_NOT_FOUND", { name: request.name });
        const parent = liveModel(found?.model, `models/${model}`);
        if (stored.version.deleteTime === undefined) {
          const version = shownVersion(stored, stored.revision, model, publicUrl);
          return { writes: [], response: create(UndeleteVersionResponseSchema, { version }) };
        }
        const nowMs = changes.nowMs();
        const back = changedVersion(stored, nowMs, { deleteTime: undefined });
        const ranked = rankedModel(parent, nowMs, rankingWith(rankingOf(parent), back));
        const entered = await stages.undelete(callerOf(context), ranked, back);
        const undeleted = entered.version;
        return {
          writes: [
            models.replace(tenantUid, entered.model),
            versions.replace(tenantUid, undeleted),
            ...entered.writes,
            changes.event(
              callerOf(context),
              "slipway.version.undeleted",
              versionSubject(undeleted, parent.model, publicUrl),
            ),
          ],
          response: create(UndeleteVersionResponseSchema, {
            version: shownVersion(undeleted, undeleted.revision + 1, model, publicUrl),
          }),
        };
      });
    },
  };
}
