import { create } from "@bufbuild/protobuf";
import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import type { EventBus } from "@slipway/events";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import {
  UpdateVersionResponseSchema,
  type VersionService,
} from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { applyMask, checkEtag } from "@slipway/resources";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { checkTagCount, existingModel, modelNameOf } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { type PlaceOf, versionFrom } from "../models/place.ts";
import { modelOrAllOf, versionOf } from "../names/resource-name.ts";
import { countMatches } from "../search/match-counts.ts";
import { fittingCount } from "../search/page-bytes.ts";
import { awaitedVersion } from "./awaited-version-worker.ts";
import { changedVersion, ofLiveModel, shownVersion, UPDATABLE_VERSION_FIELDS, visibleVersion } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import { VERSION_FACETS } from "./version-facets.ts";
import { versionQuery } from "./version-search.ts";
import type { VersionStore } from "./version-store.ts";

export interface VersionServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  changes: ChangeStore;
  placeOf: PlaceOf;
  bus: EventBus;
  publicUrl: string;
}

/** GetVersion, ListVersions and UpdateVersion. */
export function versionHandlers({
  models,
  versions,
  changes,
  placeOf,
  bus,
  publicUrl,
}: VersionServiceOptions): Pick<Handlers<typeof VersionService>, "getVersion" | "listVersions" | "updateVersion"> {
  return {
    async getVersion(request, context) {
      const place = await placeOf(callerOf(context), request.name, "name");
      const { model, number } = versionOf(place, request.name, "name");
      const read = async () => {
        const found = ofLiveModel(await versions.find(place.tenantUid, model, number));
        return visibleVersion(found?.version, place.viewer, request.name);
      };
      const wait = request.waitForAdmission;
      const stored = wait === undefined ? await read() : await awaitedVersion(read, bus, endOf(wait, context));
      return { version: versionFrom(place, shownVersion(stored, stored.revision, model, publicUrl)) };
    },

    async listVersions(request, context) {
      const place = await placeOf(callerOf(context), request.parent, "parent");
      const { tenantUid, viewer } = place;
      const name = modelOrAllOf(place, request.parent, "parent");
      const showDeleted = request.showDeleted && !viewer;
      const parent = name === undefined ? undefined : existingModel(await models.find(tenantUid, name), request.parent);
      if (parent?.model.deleteTime !== undefined && !showDeleted) {
        throw fail("MODEL_NOT_FOUND", { name: request.parent });
      }
      const query = versionQuery(request, { modelUid: parent?.model.uid, viewer });
      let page = await versions.list(tenantUid, query, request);
      const fitting = fittingCount(
        VersionSchema,
        page.versions.map(({ version }) => version),
      );
      if (fitting < page.versions.length) {
        page = await versions.list(tenantUid, query, { ...request, pageSize: fitting });
      }
      const uids = [...new Set(page.versions.map(({ modelUid }) => modelUid))];
      const parents = await models.getMany(tenantUid, uids);
      return {
        versions: page.versions.flatMap((stored) => {
          const model = parents.get(stored.modelUid)?.model;
          // A deleted model hides its versions; the page is then shorter than asked for, which AIP-158 allows.
          if (model === undefined || (model.deleteTime !== undefined && !showDeleted)) return [];
          return [versionFrom(place, shownVersion(stored, stored.revision, modelNameOf(model), publicUrl))];
        }),
        nextPageToken: page.nextPageToken,
        ...(await countMatches(request, VERSION_FACETS, versions.matches(tenantUid, query.filter))),
      };
    },

    async updateVersion(request, context) {
      const { tenantUid } = callerOf(context);
      const sent = request.version ?? create(VersionSchema);
      const { model, number } = versionOf(callerOf(context), sent.name, "version.name");
      return changes.change(context, request, { key: model, name: sent.name }, async () => {
        const found = ofLiveModel(await versions.find(tenantUid, model, number));
        const stored = found?.version;
        if (found === undefined || stored === undefined) throw fail("VERSION_NOT_FOUND", { name: sent.name });
        if (stored.version.deleteTime !== undefined) throw fail("VERSION_DELETED", { name: sent.name });
        checkEtag(sent.etag, stored.revision, sent.name);
        const version = applyMask(VersionSchema, stored.version, sent, request.updateMask, UPDATABLE_VERSION_FIELDS);
        checkTagCount(version.tags, "version.tags");
        const changed = changedVersion(stored, changes.nowMs(), version);
        return {
          writes: [
            versions.replace(tenantUid, changed),
            changes.event(
              callerOf(context),
              "slipway.version.updated",
              versionSubject(changed, found.model.model, publicUrl),
            ),
          ],
          response: create(UpdateVersionResponseSchema, {
            version: shownVersion(changed, changed.revision + 1, model, publicUrl),
          }),
        };
      });
    },
  };
}

/** When a wait ends at the latest. */
function endOf(wait: Duration, { signal, draining }: CallContext): AbortSignal {
  return AbortSignal.any([signal, draining, AbortSignal.timeout(durationMs(wait))]);
}
