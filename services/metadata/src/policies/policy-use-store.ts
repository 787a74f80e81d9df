import type { Filter, Ordering } from "@slipway/documents";
import type { StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import type { StoredVersion } from "../versions/version.ts";
import { addedStages, type NarrowedStage, narrowedStages, StageCount, versionsInStage } from "./policy-usage.ts";

const PAGE_SIZE = 1000;
const OLDEST_FIRST: Ordering = { by: "created", direction: "ascending" };

interface PageRequest {
  pageSize: number;
  pageToken: string;
}

export interface PolicyUseStoreOptions {
  versions: {
    list(
      tenantUid: string,
      query: { filter: Filter; ordering: Ordering },
      page: PageRequest,
    ): Promise<{ versions: StoredVersion[]; nextPageToken: string }>;
  };
  models: {
    get(tenantUid: string, uid: string): Promise<StoredModel | undefined>;
    list(
      tenantUid: string,
      query: { filter: Filter; ordering: Ordering },
      page: PageRequest,
    ): Promise<{ models: StoredModel[]; nextPageToken: string }>;
  };
  policies: { own(tenantUid: string, modelUid: string): Promise<{ policy?: StagePolicy | undefined }> };
}

/** Where a policy holds. */
export interface PolicyScope {
  tenantUid: string;
  /** Absent: for all models of the tenant that have no policy of their own. */
  model?: StoredModel | undefined;
  signal: AbortSignal;
}

/** What stands in the way of another policy: where versions are, and what aliases are called. */
export class PolicyUseStore {
  readonly #options: PolicyUseStoreOptions;

  constructor(options: PolicyUseStoreOptions) {
    this.#options = options;
  }

  /** In words, which versions are in a stage that the new policy takes away or makes exclusive; undefined for none. */
  async versionsInTheWay(scope: PolicyScope, before: StagePolicy, after: StagePolicy): Promise<string | undefined> {
    for (const narrowed of narrowedStages(before, after)) {
      const found = await this.#tooMany(scope, narrowed);
      if (found === undefined) continue;
      const { stage, most } = narrowed;
      const model = scope.model ?? (await this.#options.models.get(scope.tenantUid, found.modelUid));
      const name = model === undefined ? "a model" : model.model.name;
      return most === 0
        ? `${name}/versions/${found.version.number} is in the stage "${stage}", which would be gone`
        : `several versions of ${name} are in the stage "${stage}", which would be exclusive`;
    }
    return undefined;
  }

  /** A stage that the new policy adds, and the model of which an alias has that name; undefined for none. */
  async aliasInTheWay(
    scope: PolicyScope,
    before: StagePolicy,
    after: StagePolicy,
  ): Promise<{ stage: string; model: string } | undefined> {
    const added = addedStages(before, after);
    if (added.length === 0) return undefined;
    for await (const stored of this.#modelsOf(scope)) {
      const stage = added.find((name) => Object.hasOwn(stored.model.aliases, name));
      if (stage === undefined || !(await this.#holdsFor(scope, stored.model.uid))) continue;
      return { stage, model: `models/${modelNameOf(stored.model)}` };
    }
    return undefined;
  }

  async #tooMany(scope: PolicyScope, narrowed: NarrowedStage): Promise<StoredVersion | undefined> {
    const { tenantUid, model, signal } = scope;
    const count = new StageCount(narrowed);
    const query = versionsInStage(narrowed.stage, model?.model.uid);
    let pageToken = "";
    do {
      signal.throwIfAborted();
      const page = await this.#options.versions.list(tenantUid, query, { pageSize: PAGE_SIZE, pageToken });
      for (const stored of page.versions) {
        if (count.isTooMany(stored.modelUid) && (await this.#holdsFor(scope, stored.modelUid))) return stored;
      }
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return undefined;
  }

  async *#modelsOf({ tenantUid, model, signal }: PolicyScope): AsyncIterable<StoredModel> {
    if (model !== undefined) {
      yield model;
      return;
    }
    let pageToken = "";
    do {
      signal.throwIfAborted();
      const query = { filter: { and: [] }, ordering: OLDEST_FIRST };
      const page = await this.#options.models.list(tenantUid, query, { pageSize: PAGE_SIZE, pageToken });
      yield* page.models;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }

  async #holdsFor({ tenantUid, model }: PolicyScope, modelUid: string): Promise<boolean> {
    return model !== undefined || (await this.#options.policies.own(tenantUid, modelUid)).policy === undefined;
  }
}
