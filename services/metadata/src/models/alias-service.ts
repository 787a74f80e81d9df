import { create } from "@bufbuild/protobuf";
import {
  DeleteAliasResponseSchema,
  type ModelService,
  SetAliasResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { modelOf } from "../names/resource-name.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import { versionResourceName, withModel } from "../versions/version.ts";
import { parseNumber } from "../versions/version-number.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { checkNotStage, checkRoomForAlias, parseAlias } from "./alias.ts";
import { changedModel, liveModel, type StoredModel, shownModel } from "./model.ts";
import { modelSubject } from "./model-event.ts";
import type { ModelStore } from "./model-store.ts";

export interface AliasServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  policies: Pick<PolicyStore, "effective">;
  changes: ChangeStore;
}

/** SetAlias and DeleteAlias. */
export function aliasHandlers({
  models,
  versions,
  policies,
  changes,
}: AliasServiceOptions): Pick<Handlers<typeof ModelService>, "setAlias" | "deleteAlias"> {
  /** The write that tells the version that an alias pointed at, unless it is the one that it points at now. */
  async function formerly(tenantUid: string, changed: StoredModel, number?: string, current?: string) {
    if (number === undefined || number === current) return [];
    const version = await versions.get(tenantUid, changed.model.uid, number);
    return version === undefined ? [] : [versions.replace(tenantUid, withModel(version, changed))];
  }

  return {
    async setAlias(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.model, "model");
      const alias = parseAlias(request.alias);
      const number = parseNumber(request.version, "version").version;
      return changes.change(context, request, { key: name, name: request.model }, async () => {
        const found = await versions.find(tenantUid, name, number);
        const stored = liveModel(found?.model, request.model);
        const version = found?.version;
        if (version === undefined || version.version.deleteTime !== undefined) {
          throw fail("VERSION_NOT_FOUND", { name: versionResourceName(name, number) });
        }
        checkEtag(request.etag, stored.revision, request.model);
        const { policy, holds } = await policies.effective(tenantUid, stored.model.uid);
        checkNotStage(policy, alias);
        checkRoomForAlias(stored.model.aliases, alias);
        const changed = changedModel(stored, changes.nowMs(), {
          model: { aliases: { ...stored.model.aliases, [alias]: number } },
        });
        return {
          writes: [
            models.replace(tenantUid, changed),
            // Nobody deletes the version between this look at it and the commit.
            versions.replace(tenantUid, withModel(version, changed)),
            ...(await formerly(tenantUid, changed, stored.model.aliases[alias], number)),
            ...holds,
            changes.event(callerOf(context), "slipway.alias.set", modelSubject(changed)),
          ],
          response: create(SetAliasResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
    },

    async deleteAlias(request, context) {
      const { tenantUid } = callerOf(context);
      const name = modelOf(callerOf(context), request.model, "model");
      return changes.change(context, request, { key: name, name: request.model }, async () => {
        const stored = liveModel(await models.find(tenantUid, name), request.model);
        const { [request.alias]: _, ...aliases } = stored.model.aliases;
        if (!Object.hasOwn(stored.model.aliases, request.alias)) {
          throw fail("ALIAS_NOT_FOUND", { model: request.model, alias: request.alias });
        }
        checkEtag(request.etag, stored.revision, request.model);
        const changed = changedModel(stored, changes.nowMs(), { model: { aliases } });
        return {
          writes: [
            models.replace(tenantUid, changed),
            ...(await formerly(tenantUid, changed, stored.model.aliases[request.alias])),
            changes.event(callerOf(context), "slipway.alias.deleted", modelSubject(changed)),
          ],
          response: create(DeleteAliasResponseSchema, { model: shownModel(changed, changed.revision + 1) }),
        };
      });
    },
  };
}
