import type { Write } from "@slipway/documents";
import { CommitConflict } from "@slipway/resources";
import { faultPoint } from "@slipway/runtime";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import type { EvaluationStore } from "../evaluations/evaluation-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import type { RelationReleaseWorker } from "../lineage/relation-release-worker.ts";
import type { PurgeRemainder, PurgeRemainderStore } from "./purge-remainder-store.ts";
import type { StoredVersion } from "./version.ts";

/** A commit has at most 1,000 writes and 64 MiB. */
const EVALUATIONS_AT_ONCE = 250;

export interface PurgeRemainderWorkerOptions {
  remainders: PurgeRemainderStore;
  relations: RelationReleaseWorker;
  evaluations: EvaluationStore;
  changes: ChangeStore;
  /** What purges of all tenants have left: one of the named exceptions in across-tenants.ts. */
  findRemainders: () => Promise<{ tenantUid: string; uid: string }[]>;
  /** Lets `finishAll` be called soon. */
  wake: () => void;
}

/**
 * Removes what belonged to purged versions and is too much for the commit that purges them: evaluations, and relations
 * that nothing needs any more. That commit notes it, so that it is done whatever dies in between.
 */
export class PurgeRemainderWorker {
  readonly #options: PurgeRemainderWorkerOptions;

  constructor(options: PurgeRemainderWorkerOptions) {
    this.#options = options;
  }

  /** The write that belongs into the commit that purges versions, at least one; `finish` is told the uid of the first. */
  note({ tenantUid, tenant, principal }: Actor, purged: readonly StoredVersion[]): Write {
    const related = purged.map(({ modelUid, version: { uid, number } }) => ({ id: uid, modelUid, number }));
    const versions = related.map(({ id }) => id);
    return this.#options.remainders.put(tenantUid, { revision: 0, tenant, principal, versions, related });
  }

  /** Does what was noted, as far as nobody else does it this moment; `finishAll` does what is left then, or after a failure. */
  async finish(tenantUid: string, uid: string, signal: AbortSignal): Promise<void> {
    const remainder = await this.#options.remainders.get(tenantUid, uid);
    if (remainder === undefined) return;
    try {
      const unrelated = await this.#release(tenantUid, remainder, signal);
      await this.#removeEvaluations(tenantUid, unrelated, signal);
      faultPoint("metadata.version.purged" satisfies MetadataFaultPoint);
      await this.#options.changes.commit([this.#options.remainders.remove(tenantUid, unrelated)]);
    } catch (error) {
      this.#options.wake();
      if (!(error instanceof CommitConflict)) throw error;
    }
  }

  /** Finishes some of what was left. Returns how many purges it did something for. */
  async finishAll(signal: AbortSignal): Promise<number> {
    const left = await this.#options.findRemainders();
    for (const { tenantUid, uid } of left) await this.finish(tenantUid, uid, signal);
    return left.length;
  }

  /** Removes relations, and then those of what was purged earlier and stayed only because of them. */
  async #release(tenantUid: string, noted: PurgeRemainder, signal: AbortSignal): Promise<PurgeRemainder> {
    const { remainders, relations, changes } = this.#options;
    const { tenant, principal } = noted;
    let remainder = noted;
    const related = [...noted.related];
    for (let next = related.pop(); next !== undefined; next = related.pop()) {
      signal.throwIfAborted();
      const { writes, above } = await relations.release({ tenantUid, tenant, principal }, next.id);
      if (writes.length === 0) continue;
      related.push(...above.filter(({ id }) => !related.some((each) => each.id === id)));
      faultPoint("metadata.version.purged" satisfies MetadataFaultPoint);
      const left = { ...remainder, related };
      await changes.commit([...writes, remainders.put(tenantUid, left)]);
      remainder = { ...left, revision: remainder.revision + 1 };
    }
    return remainder;
  }

  async #removeEvaluations(tenantUid: string, { versions }: PurgeRemainder, signal: AbortSignal): Promise<void> {
    const { evaluations, changes } = this.#options;
    for (const uid of versions) {
      for (;;) {
        signal.throwIfAborted();
        const some = await evaluations.ofVersion(tenantUid, uid, EVALUATIONS_AT_ONCE);
        if (some.length === 0) break;
        faultPoint("metadata.version.purged" satisfies MetadataFaultPoint);
        await changes.commit(some.map((evaluation) => evaluations.remove(tenantUid, evaluation)));
      }
    }
  }
}
