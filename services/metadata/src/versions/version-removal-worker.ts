import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Write } from "@slipway/documents";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import { changedModel, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import type { StageWorker } from "../transitions/stage-worker.ts";
import type { PurgeRemainderWorker } from "./purge-remainder-worker.ts";
import { rankedModel } from "./ranking.ts";
import type { RetiredNumberStore } from "./retired-number-store.ts";
import { changedVersion, type StoredVersion } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import type { VersionStore } from "./version-store.ts";

export interface VersionRemovalWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  stages: StageWorker;
  numbers: RetiredNumberStore;
  remainders: PurgeRemainderWorker;
  changes: ChangeStore;
  publicUrl: string;
}

/** What deleting or purging a version writes, whoever does it. */
export class VersionRemovalWorker {
  readonly #options: VersionRemovalWorkerOptions;

  constructor(options: VersionRemovalWorkerOptions) {
    this.#options = options;
  }

  /** Hides a version: it leaves its stage, and the model no longer counts it. */
  async deletion(
    by: Actor,
    parent: StoredModel,
    stored: StoredVersion,
  ): Promise<{ writes: Write[]; deleted: StoredVersion }> {
    const { models, versions, stages, changes, publicUrl } = this.#options;
    const nowMs = changes.nowMs();
    const ranking = await versions.rankingWithout(by.tenantUid, parent, stored.version.number);
    const left = await stages.leave(by, rankedModel(parent, nowMs, ranking), stored, "The version was deleted.");
    const deleted = changedVersion(left.version, nowMs, { deleteTime: timestampFromMs(nowMs) });
    const writes = [
      models.replace(by.tenantUid, left.model),
      versions.replace(by.tenantUid, deleted),
      ...left.writes,
      changes.event(by, "slipway.version.deleted", versionSubject(deleted, parent.model, publicUrl)),
    ];
    return { writes, deleted };
  }

  /**
   * Plans the end of a deleted version; its number stays taken. `finishPurge` is called behind the commit. The model is
   * written too, so that whoever allocates a number meanwhile looks again.
   */
  purge(by: Actor, parent: StoredModel, stored: StoredVersion): Write[] {
    const { models, versions, numbers, remainders, changes, publicUrl } = this.#options;
    const { tenantUid } = by;
    return [
      models.replace(tenantUid, changedModel(parent, changes.nowMs(), {})),
      versions.remove(tenantUid, stored),
      numbers.retire(tenantUid, stored),
      remainders.note(by, [stored]),
      changes.event(by, "slipway.version.purged", versionSubject(stored, parent.model, publicUrl)),
    ];
  }

  /** Removes what belonged to a version that is purged; where this does not come to its end, the sweeper does it. */
  finishPurge(tenantUid: string, { version }: StoredVersion, signal: AbortSignal): Promise<void> {
    return this.#options.remainders.finish(tenantUid, version.uid, signal);
  }
}
