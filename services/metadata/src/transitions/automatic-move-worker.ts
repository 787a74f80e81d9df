import { create } from "@bufbuild/protobuf";
import {
  type Transition,
  TransitionCause,
  TransitionSchema,
  TransitionState,
} from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Actor, ChangeStore, Plan } from "../changes/change-store.ts";
import type { EvaluationStore } from "../evaluations/evaluation-store.ts";
import { modelNameOf } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import { isPublished, ofLiveModel, versionResourceName } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { automaticEdges, automaticUid } from "./automatic-move.ts";
import { newTransition, shownTransition } from "./transition.ts";
import type { TransitionStore } from "./transition-store.ts";
import type { TransitionWorker } from "./transition-worker.ts";

export interface AutomaticMoveWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  evaluations: EvaluationStore;
  policies: PolicyStore;
  transitions: TransitionStore;
  transitionWorker: TransitionWorker;
  changes: ChangeStore;
}

/** Moves versions along automatic edges, once an evaluation was recorded. */
export class AutomaticMoveWorker {
  readonly #options: AutomaticMoveWorkerOptions;

  constructor(options: AutomaticMoveWorkerOptions) {
    this.#options = options;
  }

  /**
   * Takes the first automatic way whose gates hold; one transition for an evaluation at most, however often it is told.
   * `by` recorded it. Where a transition of the version waits already, nothing is done.
   */
  async move(by: Actor, evaluationUid: string, signal: AbortSignal): Promise<void> {
    const { models, versions, evaluations, changes } = this.#options;
    const { tenantUid } = by;
    const evaluation = await evaluations.get(tenantUid, evaluationUid);
    if (evaluation === undefined) return;
    const [parent, version] = await Promise.all([
      models.get(tenantUid, evaluation.modelUid),
      versions.byUid(tenantUid, evaluation.versionUid),
    ]);
    if (parent === undefined || version === undefined) return;
    const model = modelNameOf(parent.model);
    const { number } = version.version;
    const turn = { key: `${tenantUid}/${model}`, name: versionResourceName(model, number), signal };
    await changes.inTurn(turn, () => this.#plan(by, model, number, evaluationUid));
  }

  async #plan(by: Actor, model: string, number: string, evaluationUid: string): Promise<Plan<Transition>> {
    const { versions, policies, transitions, transitionWorker, changes } = this.#options;
    const { tenantUid, tenant, principal } = by;
    const nothing: Plan<Transition> = { writes: [], response: create(TransitionSchema) };
    const found = ofLiveModel(await versions.find(tenantUid, model, number));
    const version = found?.version;
    if (found === undefined || version === undefined || !isPublished(version)) return nothing;
    const parent = found.model;
    const uid = automaticUid(evaluationUid);
    if ((await transitions.get(tenantUid, uid)) !== undefined) return nothing;
    if ((await transitions.pendingOf(tenantUid, version.version.uid)) !== undefined) return nothing;
    const policy = await policies.effective(tenantUid, parent.model.uid);
    for (const { from, to } of automaticEdges(policy.policy, version.version.stage)) {
      const requested = newTransition({
        uid,
        modelUid: parent.model.uid,
        tenant,
        versionUid: version.version.uid,
        number,
        fromStage: from,
        toStage: to,
        cause: TransitionCause.EVALUATION,
        comment: "",
        requester: principal,
        nowMs: changes.nowMs(),
      });
      const incumbentAtBegin = await transitionWorker.incumbentOf(tenantUid, parent.model.uid, to);
      const circumstances = { parent, version, policy, incumbentAtBegin };
      const { transition, writes } = await transitionWorker.settle(by, requested, circumstances, ["requested"]);
      if (transition.transition.state !== TransitionState.FAILED) {
        return { writes, response: shownTransition(transition, 1, model) };
      }
    }
    return nothing;
  }
}
