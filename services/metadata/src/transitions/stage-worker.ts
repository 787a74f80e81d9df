import type { Write } from "@slipway/documents";
import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import type { StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { CommitConflict } from "@slipway/resources";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import { changedModel, modelNameOf, type StoredModel } from "../models/model.ts";
import { firstStage, stageOf } from "../policies/policy.ts";
import type { EffectivePolicy, PolicyStore } from "../policies/policy-store.ts";
import { changedVersion, type StoredVersion, versionResourceName } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { type EntryReason, entryTimeMs, leftEntry, newEntry } from "./stage-entry.ts";
import type { StageEntryStore } from "./stage-entry-store.ts";
import { endedTransition } from "./transition.ts";
import { transitionSubject } from "./transition-event.ts";
import type { TransitionStore } from "./transition-store.ts";

/** Versions that an exclusive stage may have by mistake of an earlier policy, all of which go when one enters. */
const MOST_DISPLACED = 100;

export interface StageWorkerOptions {
  policies: Pick<PolicyStore, "effective">;
  versions: VersionStore;
  entries: StageEntryStore;
  transitions: TransitionStore;
  changes: ChangeStore;
}

/** One version's way. */
export interface Move {
  version: StoredVersion;
  /** Name of the stage; absent: it is in none afterwards, though it remembers which it was in. */
  to?: string;
  reason: EntryReason;
  /** Why a transition of it that waits fails now, in words. */
  because: string;
}

/** What moves come to. The caller writes model and versions, which it may change further, in the same commit. */
export interface Moved {
  model: StoredModel;
  /** In the order of the moves. */
  versions: StoredVersion[];
  /** History, and transitions that cannot go on, with their events. */
  writes: Write[];
}

/** What the way of one version comes to. The caller writes model and version, as of Moved. */
export interface Entered {
  model: StoredModel;
  version: StoredVersion;
  /** Others that it displaced, history, transitions that cannot go on; the policy is held as it was read. */
  writes: Write[];
}

/** Moves versions between stages: whoever publishes, deletes, withdraws, promotes or rolls back asks here. */
export class StageWorker {
  readonly #options: StageWorkerOptions;

  constructor(options: StageWorkerOptions) {
    this.#options = options;
  }

  /**
   * Plans moves within one model; ends what waits for the moved versions, except the transition of the move itself. Throws
   * CommitConflict where a version was moved since the model was read.
   */
  async plan(by: Actor, parent: StoredModel, moves: readonly Move[]): Promise<Moved> {
    const { entries, changes } = this.#options;
    // Whoever moves a version writes the model, which counts the stays.
    const isStale = moves.some(({ version }) => (version.stageEntry ?? 0) > parent.counters.stageEntries);
    if (isStale) throw new CommitConflict(0, "REVISION_MISMATCH");
    const nowMs = changes.nowMs();
    const timeMs = entryTimeMs(parent, nowMs);
    let ordinal = parent.counters.stageEntries;
    const moved: StoredVersion[] = [];
    const writes: Write[] = [];
    const ended = await Promise.all(
      moves.map(({ version, reason, because }) =>
        Promise.all([
          this.#leave(by, version, timeMs),
          this.#endPending(by, parent, version, reason.transition, because),
        ]),
      ),
    );
    writes.push(...ended.flat(2));
    for (const { version, to, reason } of moves) {
      if (to === undefined) {
        const { stageEntry: _, ...inNone } = version;
        moved.push(inNone);
        continue;
      }
      ordinal += 1;
      writes.push(entries.put(by.tenantUid, newEntry(version, to, { ordinal, timeMs }, reason)));
      moved.push(changedVersion(version, nowMs, { stage: to }, ordinal));
    }
    const counters = { stageEntries: ordinal, stageTimeMs: timeMs };
    return { model: changedModel(parent, nowMs, { counters }), versions: moved, writes };
  }

  /** Plans the entry of a version that is published this moment into the first stage of the policy that holds. */
  async publish(by: Actor, parent: StoredModel, version: StoredVersion): Promise<Entered> {
    const { policy, holds } = await this.#options.policies.effective(by.tenantUid, parent.model.uid);
    const stage = firstStage(policy).name;
    return this.#enter(by, parent, { policy, holds }, { version, to: stage, cause: StageEntryCause.PUBLICATION });
  }

  /**
   * Plans the entry of a version that is undeleted this moment into the stage that it was in, or where another one has
   * its place meanwhile, into the one where it would be had it been displaced. A version that was never published is in
   * none.
   */
  async undelete(by: Actor, parent: StoredModel, version: StoredVersion): Promise<Entered> {
    const { stage, state } = version.version;
    if (stage === "" || state !== VersionState.PUBLISHED) return { model: parent, version, writes: [] };
    const { policy, holds } = await this.#options.policies.effective(by.tenantUid, parent.model.uid);
    const known = stageOf(policy, stage);
    const isTaken =
      known?.exclusive === true && (await this.#options.versions.lastInStage(by.tenantUid, parent.model.uid, stage));
    const to = isTaken ? known.displacedTo : stage;
    return this.#enter(by, parent, { policy, holds }, { version, to, cause: StageEntryCause.UNDELETION });
  }

  /** Plans the end of a version's stay in its stage, because it is deleted or withdrawn. */
  async leave(by: Actor, parent: StoredModel, version: StoredVersion, because: string): Promise<Entered> {
    const reason = { cause: StageEntryCause.UNSPECIFIED, transition: "", principal: by.principal };
    const moved = await this.plan(by, parent, [{ version, reason, because }]);
    return { model: moved.model, version: moved.versions[0] as StoredVersion, writes: moved.writes };
  }

  async #enter(
    by: Actor,
    parent: StoredModel,
    { policy, holds }: Pick<EffectivePolicy, "policy" | "holds">,
    { version, to, cause }: { version: StoredVersion; to: string; cause: StageEntryCause },
  ): Promise<Entered> {
    const reason = { cause, transition: "", principal: by.principal };
    const because = `The version entered ${to}.`;
    const moves = await this.entering(by, parent, policy, { version, to, reason, because });
    const { model, versions, writes } = await this.plan(by, parent, moves);
    const [entered, ...displaced] = versions as [StoredVersion, ...StoredVersion[]];
    const replaced = displaced.map((each) => this.#options.versions.replace(by.tenantUid, each));
    return { model, version: entered, writes: [...holds, ...replaced, ...writes] };
  }

  /**
   * The moves by which a version enters a stage: it, then whoever is in the stage where that is exclusive, the one that
   * entered last first.
   */
  async entering(by: Actor, parent: StoredModel, policy: StagePolicy, move: Move & { to: string }): Promise<Move[]> {
    const { exclusive = false, displacedTo } = stageOf(policy, move.to) ?? {};
    if (!exclusive || displacedTo === undefined) return [move];
    const { uid } = parent.model;
    const there = await this.#options.versions.inStage(by.tenantUid, uid, move.to, MOST_DISPLACED);
    const entering = versionResourceName(modelNameOf(parent.model), move.version.version.number);
    const { transition, principal } = move.reason;
    const displaced = there
      .filter(({ version }) => version.uid !== move.version.version.uid)
      .map(
        (version): Move => ({
          version,
          to: displacedTo,
          reason: { cause: StageEntryCause.DISPLACEMENT, transition, principal },
          because: `${entering} took its place in ${move.to}.`,
        }),
      );
    return [move, ...displaced];
  }

  /** What ends the stay of a version in its stage; nothing where it is in none. */
  async #leave({ tenantUid }: Actor, stored: StoredVersion, timeMs: number): Promise<Write[]> {
    const { entries } = this.#options;
    const open = await entries.current(tenantUid, stored);
    return open === undefined ? [] : [entries.put(tenantUid, leftEntry(open, timeMs))];
  }

  async #endPending(by: Actor, parent: StoredModel, { version }: StoredVersion, except: string, because: string) {
    const { transitions, changes } = this.#options;
    const pending = await transitions.pendingOf(by.tenantUid, version.uid);
    if (pending === undefined || pending.transition.uid === except) return [];
    const outcome = { nowMs: changes.nowMs(), by: by.principal, reason: because };
    const failed = endedTransition(pending, TransitionState.FAILED, outcome);
    const subject = transitionSubject(failed, modelNameOf(parent.model));
    return [...transitions.put(by.tenantUid, failed), changes.event(by, "slipway.transition.failed", subject)];
  }
}
