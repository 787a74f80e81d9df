import { CommitConflict } from "@slipway/resources";
import type { Clock, Logger } from "@slipway/runtime";
import type { UploadStore } from "../uploads/upload-store.ts";
import type { UploadSweeper } from "../uploads/upload-sweeper.ts";
import { CollectionLease, type CollectionLeaseParts, CollectionTakenOver } from "./collection-lease-worker.ts";
import type { CollectionRounds } from "./collection-round-worker.ts";
import type { CollectionTasks } from "./collection-tasks-worker.ts";
import type { ExpiredArtifacts } from "./expired-artifacts-worker.ts";
import type { Garbage } from "./garbage.ts";
import type { UnusedChunks } from "./unused-chunks-worker.ts";
import type { UnusedRecipes } from "./unused-recipes-worker.ts";

/** Bounded pieces of work for one tenant in a row; what is left then waits until others had their turn. */
const STEPS_A_PASS = 500;

export interface GarbageCollectorParts extends CollectionLeaseParts {
  clock: Clock;
  log: Logger;
  uploads: UploadStore;
  sweeper: UploadSweeper;
  expired: ExpiredArtifacts;
  unusedRecipes: UnusedRecipes;
  unusedChunks: UnusedChunks;
  work: CollectionTasks;
  rounds: CollectionRounds;
  /** Whether everything that metadata has said of versions is known here: until then no artifact goes. */
  knowsEveryVersion(signal: AbortSignal): Promise<boolean>;
  /** Some tenants where something is to be done: one of the named exceptions in across-tenants.ts. */
  tenantsToCollect(nowMs: number): Promise<string[]>;
}

/** How soon a tenant is looked at again where something condemned waits. */
const LOOK_AGAIN_MS = 10 * 60 * 1000;

/** What one pass over a tenant removed. */
export interface Collected extends Garbage {
  /** There is more to do at once. */
  isCutOff: boolean;
}

/**
 * Gives space back: removes artifacts that nothing references, then what only they used. Several may run at once; in a
 * tenant only one of them works at a time.
 */
export class GarbageCollector {
  readonly #parts: GarbageCollectorParts;

  constructor(parts: GarbageCollectorParts) {
    this.#parts = parts;
  }

  /** One pass over the tenants that need it. Returns whether there is more to do at once. */
  async pass(signal: AbortSignal): Promise<boolean> {
    const { tenantsToCollect, clock } = this.#parts;
    let isCutOff = false;
    for (const tenantUid of await tenantsToCollect(clock.nowMs())) {
      if (signal.aborted) return false;
      const collected = await this.collect(tenantUid, signal);
      isCutOff ||= collected?.isCutOff === true;
    }
    return isCutOff;
  }

  /** One bounded pass over a tenant. Undefined while another one is at work there. */
  async collect(tenantUid: string, signal: AbortSignal): Promise<Collected | undefined> {
    const { log } = this.#parts;
    const lease = await CollectionLease.take(this.#parts, tenantUid);
    if (lease === undefined) return undefined;
    const total: Collected = { artifacts: 0, chunks: 0, bytes: 0, isCutOff: false };
    try {
      // Asked once for the whole pass: a version that comes later holds its artifact before it exists.
      const mayExpire = await this.#knowsEveryVersion(signal);
      for (let step = 1; await this.#step(lease, mayExpire, total); step += 1) {
        total.isCutOff = step === STEPS_A_PASS;
        if (total.isCutOff || signal.aborted) break;
      }
      await lease.end(await this.#nextLookMs(lease));
    } catch (error) {
      if (!(error instanceof CollectionTakenOver)) throw error;
      log.warn({ tenantUid }, "another collector has taken over");
    }
    if (total.chunks > 0) log.info({ tenantUid, ...total }, "space came back");
    return total;
  }

  /** Without metadata no artifact goes: one of its versions may have been made while nobody here heard of it. */
  async #knowsEveryVersion(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#parts.knowsEveryVersion(signal);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "artifacts stay until the metadata service answers");
      return false;
    }
  }

  /** While something is condemned it is looked at again and again: what holds it back is an upload, which ends some day. */
  async #nextLookMs({ tenantUid, round, nextRoundMs }: CollectionLease): Promise<number> {
    const { clock, unusedRecipes, unusedChunks } = this.#parts;
    if (round !== undefined) return clock.nowMs();
    const isWaiting = (await unusedRecipes.isAnyCondemned(tenantUid)) || (await unusedChunks.isAnyCondemned(tenantUid));
    return isWaiting ? Math.min(clock.nowMs() + LOOK_AGAIN_MS, nextRoundMs) : nextRoundMs;
  }

  /** True where there was something to do. */
  async #step(lease: CollectionLease, mayExpire: boolean, total: Collected): Promise<boolean> {
    const { sweeper, expired, unusedRecipes, unusedChunks, work, rounds, uploads } = this.#parts;
    await lease.renew();
    try {
      const swept = await sweeper.sweepTenant(lease.tenantUid);
      const { decided, removed } = mayExpire ? await expired.step(lease) : { decided: 0, removed: 0 };
      total.artifacts += removed;
      const { done, chunks, bytes } = await work.step(lease);
      total.chunks += chunks;
      total.bytes += bytes;
      const oldestOpenEpoch = await uploads.oldestOpenEpoch(lease.tenantUid);
      const recipes = await unusedRecipes.step(lease, oldestOpenEpoch);
      if (swept + decided + done + recipes + (await unusedChunks.step(lease, oldestOpenEpoch)) > 0) return true;
      const round = await rounds.step(lease);
      total.chunks += round.chunks;
      total.bytes += round.bytes;
      return round.looked;
    } catch (error) {
      // What somebody else changed meanwhile is looked at another time.
      if (error instanceof CommitConflict) return false;
      throw error;
    }
  }
}
