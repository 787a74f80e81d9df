import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Write } from "@slipway/documents";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import type { EvaluationStore } from "../evaluations/evaluation-store.ts";
import type { StoredRelation } from "../lineage/relation.ts";
import type { RelationReleaseWorker } from "../lineage/relation-release-worker.ts";
import { changedModel, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import type { StageWorker } from "../transitions/stage-worker.ts";
import { rankedModel } from "./ranking.ts";
import type { RetiredNumberStore } from "./retired-number-store.ts";
import { changedVersion, type StoredVersion } from "./version.ts";
import { versionSubject } from "./version-event.ts";
import type { VersionStore } from "./version-store.ts";

/** A commit has at most 1,000 writes and 64 MiB. */
const EVALUATIONS_AT_ONCE = 250;

export interface VersionRemovalWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  stages: StageWorker;
  numbers: RetiredNumberStore;
  relations: RelationReleaseWorker;
  evaluations: EvaluationStore;
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
   * Removes a deleted version for good, with the relations that nothing needs any more; its number stays taken. At most
   * 205 writes. The model is written too, so that whoever allocates a number meanwhile looks again.
   */
  async purge(
    by: Actor,
    parent: StoredModel,
    stored: StoredVersion,
  ): Promise<{ writes: Write[]; released: StoredRelation[] }> {
    const { models, versions, numbers, relations, changes, publicUrl } = this.#options;
    const { tenantUid } = by;
    const released = await relations.releasable(tenantUid, stored.version.uid);
    const writes = [
      models.replace(tenantUid, changedModel(parent, changes.nowMs(), {})),
      versions.remove(tenantUid, stored),
      numbers.retire(tenantUid, stored),
      ...relations.writes(by, released),
      changes.event(by, "slipway.version.purged", versionSubject(stored, parent.model, publicUrl)),
    ];
    return { writes, released };
  }

  /**
   * Removes what a purge left because it is too much for one commit: evaluations, and relations of versions purged earlier
   * that stayed only because of this one. After a crash in between, evaluations go with the model, and the versions purged
   * earlier stay in the lineage, marked as purged.
   */
  async finishPurge(by: Actor, stored: StoredVersion, released: readonly StoredRelation[]): Promise<void> {
    const { relations, evaluations, changes } = this.#options;
    await relations.releaseAbove(by, released);
    for (;;) {
      const some = await evaluations.ofVersion(by.tenantUid, stored.version.uid, EVALUATIONS_AT_ONCE);
      if (some.length === 0) return;
      await changes.commit(some.map((evaluation) => evaluations.remove(by.tenantUid, evaluation)));
    }
  }
}
