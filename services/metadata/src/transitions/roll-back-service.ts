import { create } from "@bufbuild/protobuf";
import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { RollBackStageResponseSchema, type StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { TransitionCause, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { type Caller, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { modelOf } from "../names/resource-name.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import type { StoredVersion } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { checkIncumbentNumber, knownStage } from "./request.ts";
import { type Return, stageAfterRollback, versionBefore } from "./rollback.ts";
import type { StoredEntry } from "./stage-entry.ts";
import type { StageEntryStore } from "./stage-entry-store.ts";
import type { Move, StageWorker } from "./stage-worker.ts";
import { changedTransition, endedTransition, NOTHING, newTransition, shownTransition } from "./transition.ts";
import { stageConflict, type TransitionWorker } from "./transition-worker.ts";

export interface RollBackServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  policies: PolicyStore;
  entries: StageEntryStore;
  stages: StageWorker;
  transitionWorker: TransitionWorker;
  changes: ChangeStore;
}

/** RollBackStage. */
export function rollBackHandlers({
  models,
  versions,
  policies,
  entries,
  stages,
  transitionWorker,
  changes,
}: RollBackServiceOptions): Pick<Handlers<typeof StageService>, "rollBackStage"> {
  /** What is in the stage, and how it got there. */
  async function currentOf(tenantUid: string, modelUid: string, stage: string) {
    const version = await versions.lastInStage(tenantUid, modelUid, stage);
    const entry = version && (await entries.current(tenantUid, version));
    return version && entry && { version, entry };
  }

  /** The moves and the transition of a rollback. */
  function planned(
    caller: Caller,
    parent: StoredModel,
    given: { stage: string; comment: string; revision: number },
    back: Return,
    out: { version: StoredVersion; entry: StoredEntry; to: string } | undefined,
  ) {
    const uid = changes.uid();
    const nowMs = changes.nowMs();
    const { principal } = caller;
    const because = `${given.stage} was rolled back.`;
    const returned: Move = {
      version: back.version,
      to: given.stage,
      reason: { cause: StageEntryCause.ROLLBACK, transition: uid, principal, restored: back.restored },
      because,
    };
    const cause = StageEntryCause.DISPLACEMENT;
    const displaced: Move[] =
      out === undefined
        ? []
        : [{ version: out.version, to: out.to, reason: { cause, transition: uid, principal }, because }];
    const requested = newTransition({
      uid,
      modelUid: parent.model.uid,
      tenant: caller.tenant,
      versionUid: back.version.version.uid,
      number: back.version.version.number,
      fromStage: back.version.version.stage,
      toStage: given.stage,
      cause: TransitionCause.ROLLBACK,
      comment: given.comment,
      requester: principal,
      nowMs,
    });
    const transition = changedTransition(
      endedTransition(requested, TransitionState.APPLIED, { nowMs, by: principal }),
      {
        displaced: out?.version.version.number ?? "",
        displacedTo: out?.to ?? "",
        policyRevision: BigInt(given.revision),
      },
    );
    return { moves: [returned, ...displaced], transition };
  }

  return {
    async rollBackStage(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const { stage, comment, expectedIncumbent } = request;
      const name = modelOf(caller, request.model, "model");
      checkIncumbentNumber(expectedIncumbent);
      const seen = await models.find(tenantUid, name);
      const expected =
        expectedIncumbent || (await transitionWorker.incumbentOf(tenantUid, seen?.model.uid ?? "", stage));
      return changes.change(context, request, { key: name, name: request.model }, async () => {
        const parent = liveModel(await models.find(tenantUid, name), request.model);
        const modelUid = parent.model.uid;
        const { policy, revision, holds } = await policies.effective(tenantUid, modelUid);
        knownStage(policy, stage, { model: parent.model.name, field: "stage" });
        const current = await currentOf(tenantUid, modelUid, stage);
        const incumbent = current?.version.version.number ?? NOTHING;
        if (incumbent !== expected) throw stageConflict(name, stage, incumbent, expected);
        const history = entries.ofStage(tenantUid, modelUid, stage);
        const back = await versionBefore(current?.entry, history, (number) =>
          versions.get(tenantUid, modelUid, number),
        );
        const refuse = (problem: string) =>
          fail("NOTHING_TO_ROLL_BACK_TO", { name: parent.model.name, stage, problem });
        if (back === undefined) throw refuse("no earlier version of it is still published");
        const to = current && stageAfterRollback(policy, stage, current.entry);
        if (current !== undefined && to === undefined) throw refuse("the policy has no other stage for what is there");
        const out = current && to !== undefined ? { ...current, to } : undefined;
        const { moves, transition } = planned(caller, parent, { stage, comment, revision }, back, out);
        const moved = await stages.plan(caller, parent, moves);
        const { writes } = transitionWorker.recorded(
          caller,
          parent,
          transition,
          ["requested"],
          [
            ...holds,
            models.replace(tenantUid, moved.model),
            ...moved.versions.map((version) => versions.replace(tenantUid, version)),
            ...moved.writes,
          ],
        );
        const shown = shownTransition(transition, 1, name);
        return { writes, response: create(RollBackStageResponseSchema, { transition: shown }) };
      });
    },
  };
}
