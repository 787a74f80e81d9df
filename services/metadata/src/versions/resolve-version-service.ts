import type { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import { existingModel, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { type PlaceOf, versionFrom } from "../models/place.ts";
import { modelOf } from "../names/resource-name.ts";
import { stageOf } from "../policies/policy.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import { isBelowRange, isInRange, parseSelector, type Selector } from "./selector.ts";
import { type StoredVersion, shownVersion, versionResourceName, visibleVersion } from "./version.ts";
import type { VersionStore } from "./version-store.ts";

export interface ResolveVersionServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  policies: Pick<PolicyStore, "effective">;
  placeOf: PlaceOf;
  publicUrl: string;
}

/** ResolveVersion. */
export function resolveVersionHandlers({
  models,
  versions,
  policies,
  placeOf,
  publicUrl,
}: ResolveVersionServiceOptions): Pick<Handlers<typeof VersionService>, "resolveVersion"> {
  async function select(
    tenantUid: string,
    { uid, latestVersion, aliases }: StoredModel["model"],
    selector: Selector,
  ): Promise<StoredVersion | undefined> {
    switch (selector.kind) {
      case "number":
        return versions.get(tenantUid, uid, selector.number);
      case "range":
        return highestInRange(tenantUid, uid, selector.range);
      case "latest":
        return latestVersion === "" ? undefined : versions.get(tenantUid, uid, latestVersion);
      case "word": {
        const { word } = selector;
        const { policy } = await policies.effective(tenantUid, uid);
        if (stageOf(policy, word) !== undefined) return versions.lastInStage(tenantUid, uid, word);
        const number = Object.hasOwn(aliases, word) ? aliases[word] : undefined;
        return number === undefined ? undefined : versions.get(tenantUid, uid, number);
      }
    }
  }

  async function highestInRange(tenantUid: string, uid: string, range: string): Promise<StoredVersion | undefined> {
    for await (const stored of versions.published(tenantUid, uid)) {
      const { number } = stored.version;
      if (isInRange(number, range)) return stored;
      if (isBelowRange(number, range)) return undefined;
    }
    return undefined;
  }

  return {
    async resolveVersion(request, context) {
      const place = await placeOf(callerOf(context), request.model, "model");
      const name = modelOf(place, request.model, "model");
      const selector = parseSelector(request.selector);
      const { model } = existingModel(await models.find(place.tenantUid, name), request.model);
      if (model.deleteTime !== undefined) throw fail("MODEL_NOT_FOUND", { name: request.model });
      const found = await select(place.tenantUid, model, selector);
      if (found === undefined && selector.kind !== "number") {
        throw fail("SELECTOR_NOT_FOUND", { model: request.model, selector: request.selector || "latest" });
      }
      const number = selector.kind === "number" ? selector.number : (found?.version.number ?? "");
      const stored = visibleVersion(found, place.viewer, versionResourceName(name, number));
      return { version: versionFrom(place, shownVersion(stored, stored.revision, name, publicUrl)) };
    },
  };
}
