import { create } from "@bufbuild/protobuf";
import {
  type VersionService,
  WithdrawVersionResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { callerOf, type Handlers } from "@slipway/rpc";
import type { PersonOf } from "../access/person.ts";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { versionOf } from "../names/resource-name.ts";
import type { StageWorker } from "../transitions/stage-worker.ts";
import { rankedModel, rankingWith } from "./ranking.ts";
import { shownVersion, visibleVersion } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import type { VersionStore } from "./version-store.ts";
import { checkMayWithdraw, withdrawnVersion } from "./withdrawal.ts";

export interface WithdrawVersionServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  stages: StageWorker;
  changes: ChangeStore;
  personOf: PersonOf;
  publicUrl: string;
}

/** WithdrawVersion. */
export function withdrawVersionHandlers({
  models,
  versions,
  stages,
  changes,
  personOf,
  publicUrl,
}: WithdrawVersionServiceOptions): Pick<Handlers<typeof VersionService>, "withdrawVersion"> {
  return {
    async withdrawVersion(request, context) {
      const caller = callerOf(context);
      const { tenantUid, principal, role } = caller;
      const { name, reason } = request;
      const { model, number } = versionOf(caller, name, "name");
      return changes.change(context, request, { key: model, name }, async () => {
        const found = await versions.find(tenantUid, model, number);
        const stored = visibleVersion(found?.version, false, name);
        const parent = liveModel(found?.model, `models/${model}`);
        const [withdrawer, creator] = await Promise.all([
          personOf(tenantUid, principal),
          personOf(tenantUid, stored.version.creator),
        ]);
        checkMayWithdraw(stored, { role, isCreator: withdrawer === creator }, name);
        checkEtag(request.etag, stored.revision, name);
        const nowMs = changes.nowMs();
        const withdrawn = withdrawnVersion(stored, { nowMs, reason, name });
        // What it takes and gives stays what the next version is compared with.
        const ranking = rankingWith(await versions.rankingWithout(tenantUid, parent, number), withdrawn);
        const ranked = rankedModel(parent, nowMs, ranking);
        const left = await stages.leave(caller, ranked, stored, "The version was withdrawn.");
        return {
          writes: [
            models.replace(tenantUid, left.model),
            versions.replace(tenantUid, withdrawn),
            ...left.writes,
            changes.event(caller, "slipway.version.withdrawn", versionSubject(withdrawn, parent.model, publicUrl)),
          ],
          response: create(WithdrawVersionResponseSchema, {
            version: shownVersion(withdrawn, withdrawn.revision + 1, model, publicUrl),
          }),
        };
      });
    },
  };
}
