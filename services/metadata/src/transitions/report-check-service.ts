import { create } from "@bufbuild/protobuf";
import {
  type ReportCheckRequest,
  ReportCheckResponseSchema,
  type StageService,
} from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import { faultPoint } from "@slipway/runtime";
import type { ChangeStore } from "../changes/change-store.ts";
import type { MetadataFaultPoint } from "../fault-points.ts";
import { transitionOf } from "../names/resource-name.ts";
import { findEdge } from "../policies/policy.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { checkMayReport, reporterOf } from "./permission.ts";
import { isReported, requiredBy, withReport } from "./requirements.ts";
import { checkNotEnded, shownTransition } from "./transition.ts";
import type { TransitionStore } from "./transition-store.ts";
import type { TransitionWorker } from "./transition-worker.ts";

export interface ReportCheckServiceOptions {
  versions: VersionStore;
  policies: PolicyStore;
  transitions: TransitionStore;
  transitionWorker: TransitionWorker;
  changes: ChangeStore;
}

/** ReportCheck. */
export function reportCheckHandlers({
  versions,
  policies,
  transitions,
  transitionWorker,
  changes,
}: ReportCheckServiceOptions): Pick<Handlers<typeof StageService>, "reportCheck"> {
  async function find({ name }: ReportCheckRequest, context: CallContext) {
    const { model, uid } = transitionOf(callerOf(context), name, "name");
    const found = await transitions.find(callerOf(context).tenantUid, model, uid);
    if (found === undefined) throw fail("TRANSITION_NOT_FOUND", { name });
    return { parent: found.model, stored: found.transition, model };
  }

  return {
    async reportCheck(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const { name, check, state, message, url } = request;
      const report = { check, state, message, url, reporter: reporterOf(caller) };
      const { model: key, uid } = transitionOf(caller, name, "name");
      const incumbentAtBegin = await transitionWorker.incumbentAtBegin(tenantUid, key, uid);
      const response = await changes.change(context, request, { key, name }, async () => {
        const { parent, stored, model } = await find(request, context);
        if (isReported(stored, report)) {
          const transition = shownTransition(stored, stored.revision, model);
          return { writes: [], response: create(ReportCheckResponseSchema, { transition }) };
        }
        checkNotEnded(stored, changes.nowMs(), name);
        const policy = await policies.effective(tenantUid, parent.model.uid);
        const edge = findEdge(policy.policy, stored.transition.fromStage, stored.transition.toStage);
        const required = edge?.checks.find((each) => each.name === check);
        if (edge === undefined || required === undefined) {
          const known = edge?.checks.map((each) => each.name).join(", ") || "none";
          throw fail("CHECK_NOT_FOUND", { name, check, known });
        }
        checkMayReport(required, report.reporter, name);
        faultPoint("metadata.transition.deciding" satisfies MetadataFaultPoint);
        const reported = withReport(requiredBy(stored, edge, policy.revision), report, changes.nowMs());
        const version = await versions.get(tenantUid, parent.model.uid, stored.transition.version);
        const circumstances = { parent, version, policy, incumbentAtBegin };
        const { transition, writes } = await transitionWorker.settle(caller, reported, circumstances, ["checked"]);
        const shown = shownTransition(transition, transition.revision + 1, model);
        return { writes, response: create(ReportCheckResponseSchema, { transition: shown }) };
      });
      faultPoint("metadata.transition.committed" satisfies MetadataFaultPoint);
      return response;
    },
  };
}
