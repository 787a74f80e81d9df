import { create, equals } from "@bufbuild/protobuf";
import { type Transition, TransitionSchema } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Actor, ChangeStore, Plan } from "../changes/change-store.ts";
import { modelNameOf } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { isLapsed, isPending, type StoredTransition, shownTransition, transitionName } from "./transition.ts";
import type { TransitionStore } from "./transition-store.ts";
import type { TransitionWorker } from "./transition-worker.ts";

export interface WaitingTransitionWorkerOptions {
  models: ModelStore;
  versions: VersionStore;
  policies: PolicyStore;
  transitions: TransitionStore;
  transitionWorker: TransitionWorker;
  changes: ChangeStore;
}

/** Judges transitions that wait by the policy that holds now, so that none waits for what nobody asks for any more. */
export class WaitingTransitionWorker {
  readonly #options: WaitingTransitionWorkerOptions;

  constructor(options: WaitingTransitionWorkerOptions) {
    this.#options = options;
  }

  /** All that wait of a model, or of a tenant, read page by page; `by` changed the policy. May be run again. */
  async judge(by: Actor, modelUid: string | undefined, signal: AbortSignal): Promise<void> {
    const { models, transitions, changes } = this.#options;
    for await (const { modelUid: of, transition } of transitions.waiting(by.tenantUid, modelUid)) {
      signal.throwIfAborted();
      const parent = await models.get(by.tenantUid, of);
      if (parent === undefined || parent.model.deleteTime !== undefined) continue;
      const model = modelNameOf(parent.model);
      const turn = { key: `${by.tenantUid}/${model}`, name: transitionName(model, transition.uid), signal };
      await changes.inTurn(turn, () => this.#plan(by, model, transition.uid));
    }
  }

  async #plan(by: Actor, model: string, uid: string): Promise<Plan<Transition>> {
    const { versions, policies, transitions, transitionWorker, changes } = this.#options;
    const nothing: Plan<Transition> = { writes: [], response: create(TransitionSchema) };
    const found = await transitions.find(by.tenantUid, model, uid);
    if (found === undefined) return nothing;
    const { model: parent, transition: stored } = found;
    if (!isPending(stored) || isLapsed(stored, changes.nowMs())) return nothing;
    const modelUid = parent.model.uid;
    const [policy, version, incumbentAtBegin] = await Promise.all([
      policies.effective(by.tenantUid, modelUid),
      versions.get(by.tenantUid, modelUid, stored.transition.version),
      transitionWorker.incumbentOf(by.tenantUid, modelUid, stored.transition.toStage),
    ]);
    const circumstances = { parent, version, policy, incumbentAtBegin };
    const { transition, writes } = await transitionWorker.settle(by, stored, circumstances, ["updated"]);
    if (asksForTheSame(stored, transition)) return nothing;
    return { writes, response: shownTransition(transition, transition.revision + 1, model) };
  }
}

/** Whether a transition still waits for the same, by whichever revision of the policy. */
function asksForTheSame({ transition: before }: StoredTransition, { transition: after }: StoredTransition): boolean {
  return equals(TransitionSchema, before, { ...after, policyRevision: before.policyRevision });
}
