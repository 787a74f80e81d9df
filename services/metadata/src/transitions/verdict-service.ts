import { create } from "@bufbuild/protobuf";
import {
  ApproveTransitionResponseSchema,
  CancelTransitionResponseSchema,
  RejectTransitionResponseSchema,
  type StageService,
} from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { checkEtag } from "@slipway/resources";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { PersonOf } from "../access/person.ts";
import { protoRoleOf } from "../access/role.ts";
import type { ChangeStore } from "../changes/change-store.ts";
import type { ModelStore } from "../models/model-store.ts";
import { transitionOf } from "../names/resource-name.ts";
import { findEdge } from "../policies/policy.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { checkMayCancel, checkMayDecide } from "./permission.ts";
import { checkAwaitsApproval, requiredBy, withVerdict } from "./requirements.ts";
import { checkNotEnded, endedTransition, shownTransition } from "./transition.ts";
import type { TransitionStore } from "./transition-store.ts";
import type { TransitionWorker } from "./transition-worker.ts";

export interface VerdictServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  policies: PolicyStore;
  transitions: TransitionStore;
  transitionWorker: TransitionWorker;
  personOf: PersonOf;
  changes: ChangeStore;
}

/** What the three requests have in common. */
interface VerdictRequest {
  name: string;
  comment: string;
  etag: string;
}

/** ApproveTransition, RejectTransition and CancelTransition. */
export function verdictHandlers({
  models,
  versions,
  policies,
  transitions,
  transitionWorker,
  personOf,
  changes,
}: VerdictServiceOptions): Pick<
  Handlers<typeof StageService>,
  "approveTransition" | "rejectTransition" | "cancelTransition"
> {
  /** The transition that waits, and who calls. */
  async function find({ name, etag }: VerdictRequest, context: CallContext) {
    const caller = callerOf(context);
    const { model, uid } = transitionOf(caller, name, "name");
    const found = await transitions.find(caller.tenantUid, model, uid);
    if (found === undefined) throw fail("TRANSITION_NOT_FOUND", { name });
    checkNotEnded(found.transition, changes.nowMs(), name);
    checkEtag(etag, found.transition.revision, name);
    const person = await personOf(caller.tenantUid, caller.principal);
    const { principal, role, service } = caller;
    return { caller, model, parent: found.model, stored: found.transition, by: { principal, person, role, service } };
  }

  /** The transition with the verdict of who calls, refused unless it awaits that. */
  async function decided(request: VerdictRequest, context: CallContext, approved: boolean) {
    const found = await find(request, context);
    const { caller, parent, stored, by } = found;
    const { fromStage, toStage, version: number, requester } = stored.transition;
    const policy = await policies.effective(caller.tenantUid, parent.model.uid);
    const edge = findEdge(policy.policy, fromStage, toStage);
    const required = edge === undefined ? stored : requiredBy(stored, edge, policy.revision);
    const version = await versions.get(caller.tenantUid, parent.model.uid, number);
    const involved = {
      creator: await personOf(caller.tenantUid, version?.version.creator ?? ""),
      requester: await personOf(caller.tenantUid, requester),
    };
    checkAwaitsApproval(required, request.name);
    checkMayDecide(by, involved, edge?.approvals, request.name);
    const { principal, person } = by;
    const verdict = { principal, person, role: protoRoleOf(by.role), approved, comment: request.comment };
    return { ...found, policy, version, said: withVerdict(required, verdict, changes.nowMs()) };
  }

  return {
    async approveTransition(request, context) {
      const { model: key, uid } = transitionOf(callerOf(context), request.name, "name");
      const incumbentAtBegin = await transitionWorker.incumbentAtBegin(callerOf(context).tenantUid, key, uid);
      return changes.change(context, request, { key, name: request.name }, async () => {
        const { caller, model, parent, policy, version, said } = await decided(request, context, true);
        const circumstances = { parent, version, policy, incumbentAtBegin };
        const { transition, writes } = await transitionWorker.settle(caller, said, circumstances, ["approved"]);
        const shown = shownTransition(transition, transition.revision + 1, model);
        return { writes, response: create(ApproveTransitionResponseSchema, { transition: shown }) };
      });
    },

    async rejectTransition(request, context) {
      const { model: key } = transitionOf(callerOf(context), request.name, "name");
      return changes.change(context, request, { key, name: request.name }, async () => {
        const { caller, model, parent, policy, said } = await decided(request, context, false);
        const outcome = { nowMs: changes.nowMs(), by: caller.principal, reason: request.comment };
        const rejected = endedTransition(said, TransitionState.REJECTED, outcome);
        const held = [...policy.holds, models.check(caller.tenantUid, parent)];
        const { writes } = transitionWorker.recorded(caller, parent, rejected, [], held);
        const transition = shownTransition(rejected, rejected.revision + 1, model);
        return { writes, response: create(RejectTransitionResponseSchema, { transition }) };
      });
    },

    async cancelTransition(request, context) {
      const { model: key } = transitionOf(callerOf(context), request.name, "name");
      return changes.change(context, request, { key, name: request.name }, async () => {
        const { caller, model, parent, stored, by } = await find(request, context);
        const { requester } = stored.transition;
        checkMayCancel(by, { requester, person: await personOf(caller.tenantUid, requester) }, request.name);
        const outcome = { nowMs: changes.nowMs(), by: caller.principal, reason: request.comment };
        const cancelled = endedTransition(stored, TransitionState.CANCELLED, outcome);
        const held = [models.check(caller.tenantUid, parent)];
        const { writes } = transitionWorker.recorded(caller, parent, cancelled, [], held);
        const transition = shownTransition(cancelled, cancelled.revision + 1, model);
        return { writes, response: create(CancelTransitionResponseSchema, { transition }) };
      });
    },
  };
}
