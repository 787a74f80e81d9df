import type { Write } from "@slipway/documents";
import { CommitConflict } from "@slipway/resources";
import { faultPoint, type Logger } from "@slipway/runtime";
import type { ChangeStore } from "../changes/change-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import type { ReviewPolicyStore } from "../reviews/review-policy-store.ts";
import type { PurgeRemainderWorker } from "../versions/purge-remainder-worker.ts";
import type { RetiredNumberStore } from "../versions/retired-number-store.ts";
import { versionSubject } from "../versions/version-event.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { changedModel, type Purger, type StoredModel } from "./model.ts";
import { modelSubject } from "./model-event.ts";
import type { ModelStore } from "./model-store.ts";

/** Each purged version is two writes of a commit, which has at most 1,000. */
const VERSIONS_AT_ONCE = 250;
const NUMBERS_AT_ONCE = 1000;

/** Models purged in part, of all tenants: one of the named exceptions in across-tenants.ts. */
type FindPurges = () => Promise<{ tenantUid: string; stored: StoredModel }[]>;

/** Writes, at most 1,000, that remove some of what belongs to a model beside its versions; none once nothing is left. */
type Belongings = (tenantUid: string, modelUid: string) => Promise<Write[]>;

export interface PurgeWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  numbers: RetiredNumberStore;
  remainders: PurgeRemainderWorker;
  reviewPolicies: ReviewPolicyStore;
  changes: ChangeStore;
  publicUrl: string;
  findPurges: FindPurges;
  /** What goes after the versions, kind by kind. */
  belongings: readonly Belongings[];
  log: Logger;
}

/** Removes models with all that belongs to them, in as many commits as it takes; what was begun is always finished. */
export class PurgeWorker {
  readonly #options: PurgeWorkerOptions;

  constructor(options: PurgeWorkerOptions) {
    this.#options = options;
  }

  /**
   * Marks a deleted model as being purged and removes its versions, each with its event. Returns the writes that remain:
   * those of the model itself, for the commit that may carry the reply to the call. Throws CommitConflict when somebody
   * else changes the same at the same moment; it may be run again from the start.
   */
  async run(tenantUid: string, stored: StoredModel, purger: Purger, signal: AbortSignal): Promise<Write[]> {
    const { models, versions, numbers, remainders, reviewPolicies, changes, publicUrl } = this.#options;
    const by = { tenantUid, tenant: purger.tenant, principal: purger.principal };
    let marked = stored;
    if (stored.purger === undefined) {
      const { tenant, principal } = purger;
      marked = changedModel(stored, changes.nowMs(), { purger: { tenant, principal } });
      await changes.commit([models.replace(tenantUid, marked)]);
      marked = { ...marked, revision: stored.revision + 1 };
    }
    for (;;) {
      signal.throwIfAborted();
      faultPoint("metadata.model.purging" satisfies MetadataFaultPoint);
      const batch = await versions.some(tenantUid, stored.model.uid, VERSIONS_AT_ONCE);
      const [first] = batch;
      if (first === undefined) break;
      await changes.commit([
        ...batch.flatMap((version) => [
          versions.remove(tenantUid, version),
          changes.event(by, "slipway.version.purged", versionSubject(version, stored.model, publicUrl)),
        ]),
        remainders.note(by, batch),
      ]);
      await remainders.finish(tenantUid, first.version.uid, signal);
    }
    for (const belongings of this.#options.belongings) {
      for (;;) {
        signal.throwIfAborted();
        const removals = await belongings(tenantUid, stored.model.uid);
        if (removals.length === 0) break;
        await changes.commit(removals);
      }
    }
    for (;;) {
      const retired = await numbers.forget(tenantUid, stored.model.uid, NUMBERS_AT_ONCE);
      if (retired.length === 0) break;
      await changes.commit(retired);
    }
    const policy = await reviewPolicies.removal(tenantUid, stored.model.uid);
    return [
      ...models.remove(tenantUid, marked),
      ...policy,
      changes.event(by, "slipway.model.purged", modelSubject(marked)),
    ];
  }

  /** Finishes purges whose call ended early, by a crash or an impatient client. Returns how many it finished. */
  async finishAll(signal: AbortSignal): Promise<number> {
    let finished = 0;
    for (const { tenantUid, stored } of await this.#options.findPurges()) {
      if (stored.purger === undefined) continue;
      try {
        await this.#options.changes.commit(await this.run(tenantUid, stored, stored.purger, signal));
        finished += 1;
        this.#options.log.info({ tenantUid, model: stored.model.uid }, "a purge was finished");
      } catch (error) {
        // Its own call is still at work.
        if (!(error instanceof CommitConflict)) throw error;
      }
    }
    return finished;
  }
}
