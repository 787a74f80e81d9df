import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { CommitConflict } from "@slipway/resources";
import { SERVICE_PRINCIPAL } from "@slipway/rpc";
import type { Logger } from "@slipway/runtime";
import type { ChangeStore } from "../changes/change-store.ts";
import type { ModelStore } from "../models/model-store.ts";
import { endedTransition, type StoredTransition } from "./transition.ts";
import type { TransitionWorker } from "./transition-worker.ts";

/** Some transitions that waited for too long, of all tenants: one of the named exceptions in across-tenants.ts. */
type FindLapsed = (nowMs: number) => Promise<{ tenantUid: string; stored: StoredTransition }[]>;

export interface TransitionExpiryWorkerOptions {
  models: ModelStore;
  changes: ChangeStore;
  transitionWorker: TransitionWorker;
  findLapsed: FindLapsed;
  log: Logger;
}

/** Ends transitions that waited for too long. */
export class TransitionExpiryWorker {
  readonly #options: TransitionExpiryWorkerOptions;

  constructor(options: TransitionExpiryWorkerOptions) {
    this.#options = options;
  }

  /** Ends one; throws CommitConflict where somebody else does something with it at the same moment. */
  async expire(tenantUid: string, stored: StoredTransition): Promise<void> {
    const { models, changes, transitionWorker } = this.#options;
    const parent = await models.get(tenantUid, stored.modelUid);
    if (parent === undefined) return;
    const by = { tenantUid, tenant: stored.tenant, principal: SERVICE_PRINCIPAL };
    const reason = "Nobody gave in time what it waited for.";
    const expired = endedTransition(stored, TransitionState.EXPIRED, { nowMs: changes.nowMs(), by: "", reason });
    const held = [models.check(tenantUid, parent)];
    await changes.commit(transitionWorker.recorded(by, parent, expired, [], held).writes);
  }

  /** Ends some of those that are due; returns how many. */
  async expireSome(stopping: AbortSignal): Promise<number> {
    let ended = 0;
    for (const { tenantUid, stored } of await this.#options.findLapsed(this.#options.changes.nowMs())) {
      stopping.throwIfAborted();
      try {
        await this.expire(tenantUid, stored);
        ended += 1;
      } catch (error) {
        // It got its outcome this moment, or is looked at again with the next round.
        if (!(error instanceof CommitConflict)) throw error;
        this.#options.log.debug({ tenantUid, transition: stored.transition.uid }, "a lapsed transition was busy");
      }
    }
    return ended;
  }
}
