import { create } from "@bufbuild/protobuf";
import type { Cursor } from "@slipway/documents";
import {
  type RetentionDecision,
  RetentionDecisionSchema,
  RetentionOutcome,
} from "@slipway/gen/slipway/metadata/v1/retention_pb.js";
import type { Logger } from "@slipway/runtime";
import type { Actor, ChangeStore, Plan } from "../changes/change-store.ts";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import type { TransitionStore } from "../transitions/transition-store.ts";
import { ofLiveModel } from "../versions/version.ts";
import type { VersionRemovalWorker } from "../versions/version-removal-worker.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { decide, type RetentionFacts } from "./retention.ts";
import { deletableVersions, purgeableVersions } from "./retention-search.ts";

/** Models with a policy, of all tenants, page by page: one of the named exceptions in across-tenants.ts. */
type FindRetained = (
  after: Cursor | undefined,
) => Promise<{ found: { tenantUid: string; stored: StoredModel }[]; next: Cursor | undefined }>;

export interface RetentionSweeperOptions {
  versions: VersionStore;
  transitions: TransitionStore;
  removals: VersionRemovalWorker;
  changes: ChangeStore;
  findRetained: FindRetained;
  log: Logger;
}

/** So many versions of a model go in one round, so that other work gets its turn. */
const VERSIONS_AT_ONCE = 200;

/** Does what the retention policies say: deletes versions that nothing keeps, and purges them after the grace period. */
export class RetentionSweeper {
  readonly #options: RetentionSweeperOptions;

  constructor(options: RetentionSweeperOptions) {
    this.#options = options;
  }

  /** One round over all models with a policy. Returns how many versions were deleted or purged. */
  async sweep(signal: AbortSignal): Promise<number> {
    let removed = 0;
    let after: Cursor | undefined;
    do {
      const { found, next } = await this.#options.findRetained(after);
      for (const { tenantUid, stored } of found) removed += await this.#sweepModel(tenantUid, stored, signal);
      after = next;
    } while (after !== undefined);
    return removed;
  }

  async #sweepModel(tenantUid: string, stored: StoredModel, signal: AbortSignal): Promise<number> {
    const { versions, log } = this.#options;
    const facts = await this.#factsOf(tenantUid, stored, []);
    if (facts === undefined) return 0;
    const name = modelNameOf(stored.model);
    let removed = 0;
    for (const filter of [deletableVersions(facts), purgeableVersions(facts)]) {
      for await (const version of versions.matching(tenantUid, filter)) {
        if (removed >= VERSIONS_AT_ONCE) break;
        if (!goes(decide(version, facts))) continue;
        if (await this.#remove(tenantUid, name, version.version.number, signal)) removed += 1;
      }
    }
    if (removed > 0) log.info({ tenantUid, model: stored.model.uid, removed }, "versions went by the retention policy");
    return removed;
  }

  /** Decides once more on what is stored now, and does it. */
  async #remove(tenantUid: string, model: string, number: string, signal: AbortSignal): Promise<boolean> {
    const { changes, versions, removals } = this.#options;
    let after: () => Promise<void> = async () => undefined;
    const turn = { key: `${tenantUid}/${model}`, name: `models/${model}`, signal };
    const decision = await changes.inTurn(turn, async (): Promise<Plan<RetentionDecision>> => {
      const nothing = { writes: [], response: create(RetentionDecisionSchema) };
      const found = ofLiveModel(await versions.find(tenantUid, model, number));
      if (found?.version === undefined) return nothing;
      const { model: parent, version } = found;
      const by = actorOf(tenantUid, parent);
      const facts = await this.#factsOf(tenantUid, parent, [version.version.uid]);
      if (by === undefined || facts === undefined) return nothing;
      const response = decide(version, facts);
      if (!goes(response)) return nothing;
      if (response.outcome === RetentionOutcome.DELETED) {
        return { writes: (await removals.deletion(by, parent, version)).writes, response };
      }
      after = () => removals.finishPurge(tenantUid, version, signal);
      return { writes: removals.purge(by, parent, version), response };
    });
    await after();
    return goes(decision);
  }

  /** With what is known of the transitions of these versions. */
  async #factsOf(
    tenantUid: string,
    { model, purger }: StoredModel,
    uids: readonly string[],
  ): Promise<RetentionFacts | undefined> {
    const { retention: policy, deleteTime, uid } = model;
    if (policy === undefined || deleteTime !== undefined || purger !== undefined) return undefined;
    const { changes, versions, transitions } = this.#options;
    return {
      model,
      policy,
      lastFrom: await versions.lastFrom(tenantUid, uid, policy.keepLast),
      moving: await transitions.moving(tenantUid, uids),
      nowMs: changes.nowMs(),
    };
  }
}

function goes({ outcome }: RetentionDecision): boolean {
  return outcome === RetentionOutcome.DELETED || outcome === RetentionOutcome.PURGED;
}

/** Versions go in the name of who set the policy. */
function actorOf(tenantUid: string, { retainer }: StoredModel): Actor | undefined {
  return retainer && { tenantUid, tenant: retainer.tenant, principal: retainer.principal };
}
