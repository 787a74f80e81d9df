import { create } from "@bufbuild/protobuf";
import {
  RequestTransitionResponseSchema,
  type StageService,
} from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { TransitionCause } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import { faultPoint } from "@slipway/runtime";
import type { ChangeStore } from "../changes/change-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import { versionOf } from "../names/resource-name.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import { isViewer, ofLiveModel, visibleVersion } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { checkExpectedIncumbent, checkMayRequest, knownStage } from "./request.ts";
import { isLapsed, newTransition, shownTransition, transitionName } from "./transition.ts";
import type { TransitionExpiryWorker } from "./transition-expiry-worker.ts";
import type { TransitionStore } from "./transition-store.ts";
import type { TransitionWorker } from "./transition-worker.ts";

export interface RequestTransitionServiceOptions {
  versions: VersionStore;
  policies: PolicyStore;
  transitions: TransitionStore;
  transitionWorker: TransitionWorker;
  transitionExpiry: TransitionExpiryWorker;
  changes: ChangeStore;
}

/** RequestTransition. */
export function requestTransitionHandlers({
  versions,
  policies,
  transitions,
  transitionWorker,
  transitionExpiry,
  changes,
}: RequestTransitionServiceOptions): Pick<Handlers<typeof StageService>, "requestTransition"> {
  return {
    async requestTransition(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const { toStage, comment, expectedIncumbent } = request;
      const { model, number } = versionOf(caller, request.version, "version");
      const seen = ofLiveModel(await versions.find(tenantUid, model, number));
      const modelUid = seen?.model.model.uid ?? "";
      const incumbentAtBegin = await transitionWorker.incumbentOf(tenantUid, modelUid, toStage);
      const turn = { key: model, name: request.version };
      const response = await changes.change(context, request, turn, async (mayHaveChanged) => {
        const found = mayHaveChanged ? ofLiveModel(await versions.find(tenantUid, model, number)) : seen;
        const version = visibleVersion(found?.version, isViewer(caller), request.version);
        if (found === undefined) throw fail("VERSION_NOT_FOUND", { name: request.version });
        const parent = found.model;
        const [policy, pending] = await Promise.all([
          policies.effective(tenantUid, parent.model.uid),
          transitions.pendingOf(tenantUid, version.version.uid),
        ]);
        const stage = knownStage(policy.policy, toStage, { model: parent.model.name, field: "to_stage" });
        checkExpectedIncumbent(expectedIncumbent, stage);
        checkMayRequest(version, policy.policy, toStage, request.version);
        const nowMs = changes.nowMs();
        if (pending !== undefined && isLapsed(pending, nowMs)) await transitionExpiry.expire(tenantUid, pending);
        else if (pending !== undefined) {
          const { uid, toStage: to } = pending.transition;
          throw fail("TRANSITION_PENDING", { name: request.version, to, transition: transitionName(model, uid) });
        }
        const requested = newTransition({
          uid: changes.uid(),
          modelUid: parent.model.uid,
          tenant: caller.tenant,
          versionUid: version.version.uid,
          number,
          fromStage: version.version.stage,
          toStage,
          cause: TransitionCause.REQUEST,
          comment,
          requester: caller.principal,
          expectedIncumbent,
          nowMs,
        });
        faultPoint("metadata.transition.deciding" satisfies MetadataFaultPoint);
        const circumstances = { parent, version, policy, incumbentAtBegin };
        const { transition, writes } = await transitionWorker.settle(caller, requested, circumstances, ["requested"]);
        return {
          writes,
          response: create(RequestTransitionResponseSchema, { transition: shownTransition(transition, 1, model) }),
        };
      });
      faultPoint("metadata.transition.committed" satisfies MetadataFaultPoint);
      return response;
    },
  };
}
