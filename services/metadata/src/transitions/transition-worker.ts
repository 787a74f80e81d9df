import type { Write } from "@slipway/documents";
import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { fail } from "@slipway/rpc";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { judgeGates } from "../policies/gate.ts";
import type { GateEvaluation } from "../policies/gate-variables.ts";
import { findEdge, stageOf } from "../policies/policy.ts";
import type { EffectivePolicy } from "../policies/policy-store.ts";
import { type StoredVersion, versionResourceName } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { requiredBy, standingOf } from "./requirements.ts";
import { changeSince, checkProblem, gateProblem, incumbentChange, outcomeVerb } from "./settlement.ts";
import type { StageWorker } from "./stage-worker.ts";
import { changedTransition, endedTransition, NOTHING, type StoredTransition, waitingTransition } from "./transition.ts";
import { transitionSubject } from "./transition-event.ts";
import type { TransitionStore } from "./transition-store.ts";

export interface TransitionWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  transitions: TransitionStore;
  stages: StageWorker;
  changes: ChangeStore;
  /** The evaluations of a version, the latest first. */
  evaluationsOf(tenantUid: string, versionUid: string): Promise<GateEvaluation[]>;
}

/** What a transition is judged by. */
export interface Circumstances {
  parent: StoredModel;
  version: StoredVersion | undefined;
  policy: EffectivePolicy;
  /** Number of the incumbent when the call began, `-` for none: who else entered the stage since has won. */
  incumbentAtBegin: string;
}

/** A transition after it was looked at, and everything that this changes. */
export interface Settled {
  transition: StoredTransition;
  writes: Write[];
}

/** Brings a transition as far as it goes: judges gates, counts checks and approvals, applies it. */
export class TransitionWorker {
  readonly #options: TransitionWorkerOptions;

  constructor(options: TransitionWorkerOptions) {
    this.#options = options;
  }

  /** Number of what is in a stage, of several the one that entered last; `-` for nothing. */
  async incumbentOf(tenantUid: string, modelUid: string, stage: string): Promise<string> {
    return (await this.#options.versions.lastInStage(tenantUid, modelUid, stage))?.version.number ?? NOTHING;
  }

  /** As incumbentOf, of the stage that a transition is to enter; `-` also where there is no such transition. */
  async incumbentAtBegin(tenantUid: string, model: string, uid: string): Promise<string> {
    const found = await this.#options.transitions.find(tenantUid, model, uid);
    if (found === undefined) return NOTHING;
    return this.incumbentOf(tenantUid, found.model.model.uid, found.transition.transition.toStage);
  }

  /**
   * Plans how a transition goes on after what `happened` to it (the verbs of its events). A new one has its gates judged
   * in any case. Throws STAGE_CONFLICT where somebody else entered the exclusive stage since the call began.
   */
  async settle(
    by: Actor,
    given: StoredTransition,
    found: Circumstances,
    happened: readonly string[],
  ): Promise<Settled> {
    const { parent, version, policy } = found;
    // Whoever moves, deletes or withdraws a version writes the model.
    const held = [...policy.holds, this.#options.models.check(by.tenantUid, parent)];
    const end = (transition: StoredTransition, reason: string) => {
      const outcome = { nowMs: this.#options.changes.nowMs(), by: by.principal, reason };
      const ended = endedTransition(transition, TransitionState.FAILED, outcome);
      return this.recorded(by, parent, ended, happened, held);
    };
    const edge = findEdge(policy.policy, given.transition.fromStage, given.transition.toStage);
    const change = changeSince(given, version, edge);
    if (version === undefined || edge === undefined || change !== "") return end(given, change);

    const required = requiredBy(given, edge, policy.revision);
    const standing = standingOf(required, edge);
    if (standing === TransitionState.FAILED) return end(required, checkProblem(required));
    const wait = (transition: StoredTransition) => {
      const waiting = waitingTransition(transition, standing, this.#options.changes.nowMs(), policy.policy.expiry);
      return this.recorded(by, parent, waiting, happened, held);
    };
    const isNew = given.revision === 0;
    if (!isNew && standing !== TransitionState.APPLIED) return wait(required);
    const [incumbent, evaluations] = await Promise.all([
      this.#incumbent(by, required, found),
      edge.gates.length === 0 ? [] : this.#options.evaluationsOf(by.tenantUid, version.version.uid),
    ]);
    if (incumbent.changed !== "") return end(required, incumbent.changed);
    const variables = { version: version.version, evaluations, incumbent: incumbent.version?.version };
    const judged = changedTransition(required, { gates: judgeGates(edge.gates, variables) });
    const problem = gateProblem(judged.transition.gates);
    if (problem !== "") return end(judged, problem);
    if (standing !== TransitionState.APPLIED) return wait(judged);
    return this.#apply(by, judged, version, found, happened);
  }

  /** The writes of a transition with the events of what happened to it and of its outcome. */
  recorded(
    by: Actor,
    parent: StoredModel,
    transition: StoredTransition,
    happened: readonly string[],
    writes: readonly Write[],
  ): Settled {
    const { transitions, changes } = this.#options;
    const outcome = outcomeVerb(transition.transition.state);
    const subject = transitionSubject(transition, modelNameOf(parent.model));
    const events = [...happened, ...(outcome === undefined ? [] : [outcome])].map((verb) =>
      changes.event(by, `slipway.transition.${verb}`, subject),
    );
    return { transition, writes: [...transitions.put(by.tenantUid, transition), ...events, ...writes] };
  }

  /** What is in the stage; throws STAGE_CONFLICT where that changed during the call, and says what else changed. */
  async #incumbent(
    { tenantUid }: Actor,
    stored: StoredTransition,
    { parent, policy, incumbentAtBegin }: Circumstances,
  ) {
    const { toStage, expectedIncumbent } = stored.transition;
    const version = await this.#options.versions.lastInStage(tenantUid, parent.model.uid, toStage);
    if (stageOf(policy.policy, toStage)?.exclusive !== true) return { version, changed: "" };
    const number = version?.version.number ?? NOTHING;
    const expected = stored.revision === 0 && expectedIncumbent !== "" ? expectedIncumbent : incumbentAtBegin;
    if (number !== expected) throw stageConflict(modelNameOf(parent.model), toStage, number, expected);
    return { version, changed: incumbentChange(stored, number) };
  }

  async #apply(
    by: Actor,
    judged: StoredTransition,
    version: StoredVersion,
    { parent, policy }: Circumstances,
    happened: readonly string[],
  ): Promise<Settled> {
    const { models, versions, stages, changes } = this.#options;
    const { uid, toStage, fromStage } = judged.transition;
    const moves = await stages.entering(by, parent, policy.policy, {
      version,
      to: toStage,
      reason: { cause: StageEntryCause.TRANSITION, transition: uid, principal: by.principal },
      because: `The version is no longer in ${fromStage}.`,
    });
    const moved = await stages.plan(by, parent, moves);
    const displaced = moves[1];
    const applied = changedTransition(
      endedTransition(judged, TransitionState.APPLIED, { nowMs: changes.nowMs(), by: by.principal }),
      { displaced: displaced?.version.version.number ?? "", displacedTo: displaced?.to ?? "" },
    );
    const replaced = moved.versions.map((each) => versions.replace(by.tenantUid, each));
    const model = models.replace(by.tenantUid, moved.model);
    return this.recorded(by, parent, applied, happened, [...policy.holds, model, ...replaced, ...moved.writes]);
  }
}

/** The refusal that names who is in a stage in place of whom one expected there. */
export function stageConflict(model: string, stage: string, incumbent: string, expected: string) {
  const words = (number: string) => (number === NOTHING ? "Nothing" : versionResourceName(model, number));
  const wanted = expected === NOTHING ? "nothing" : expected;
  return fail("STAGE_CONFLICT", { incumbent: words(incumbent), stage, expected: wanted });
}
