import type { Write } from "@slipway/documents";
import { CommitConflict } from "@slipway/resources";
import type { ChangeStore } from "../changes/change-store.ts";
import { withModel } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import type { StoredModel } from "./model.ts";
import type { ModelStore } from "./model-store.ts";
import type { RenameStore } from "./rename-store.ts";

/** A version has a few MiB at most, all of a commit 64. */
const VERSIONS_AT_ONCE = 20;

export interface RenameWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  renames: RenameStore;
  changes: ChangeStore;
  /** Models of all tenants with versions to tell: one of the named exceptions in across-tenants.ts. */
  findRenames: () => Promise<{ tenantUid: string; modelUid: string }[]>;
  /** Has finishAll called soon. */
  wake: () => void;
}

/**
 * Tells the versions of a model its name, of which each keeps a copy by which searches find it: the first ones in the
 * commit that renames it, the others in the background, within moments.
 */
export class RenameWorker {
  readonly #options: RenameWorkerOptions;

  constructor(options: RenameWorkerOptions) {
    this.#options = options;
  }

  /** What is written with a model that got another name, and whether there is more to tell: then `wake`. */
  async tell(tenantUid: string, renamed: StoredModel): Promise<{ told: Write[]; isMore: boolean }> {
    const { versions, renames } = this.#options;
    const others = await versions.namedOtherwise(tenantUid, renamed.model, VERSIONS_AT_ONCE + 1);
    const told = this.#told(tenantUid, renamed, others.slice(0, VERSIONS_AT_ONCE));
    if (others.length <= VERSIONS_AT_ONCE) return { told, isMore: false };
    const { uid } = renamed.model;
    const note = renames.note(tenantUid, uid, await renames.revision(tenantUid, uid));
    return { told: [...told, note], isMore: true };
  }

  /** Has renames finished soon. */
  wake(): void {
    this.#options.wake();
  }

  /** Tells all versions that were left. Returns about how many models it did something for. */
  async finishAll(signal: AbortSignal): Promise<number> {
    let finished = 0;
    for (const { tenantUid, modelUid } of await this.#options.findRenames()) {
      try {
        finished += await this.#finish(tenantUid, modelUid, signal);
      } catch (error) {
        // Somebody changed a version at the same moment: the next round goes on.
        if (!(error instanceof CommitConflict)) throw error;
        finished += 1;
      }
    }
    return finished;
  }

  /** Returns 1, or 0 where nothing was left to do. */
  async #finish(tenantUid: string, modelUid: string, signal: AbortSignal): Promise<number> {
    const { models, versions, renames, changes } = this.#options;
    for (let told = 0; ; told = 1) {
      signal.throwIfAborted();
      const revision = await renames.revision(tenantUid, modelUid);
      const stored = await models.get(tenantUid, modelUid);
      const others =
        stored === undefined ? [] : await versions.namedOtherwise(tenantUid, stored.model, VERSIONS_AT_ONCE);
      if (stored === undefined || others.length === 0) {
        if (revision === 0) return told;
        await changes.commit([renames.remove(tenantUid, modelUid, revision)]);
        return 1;
      }
      await changes.commit(this.#told(tenantUid, stored, others));
    }
  }

  #told(tenantUid: string, model: StoredModel, others: Parameters<typeof withModel>[0][]): Write[] {
    return others.map((version) => this.#options.versions.replace(tenantUid, withModel(version, model)));
  }
}
