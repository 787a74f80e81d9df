import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import type { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { type PolicyDifference, PolicyDifferenceSchema } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { callerOf, type Handlers } from "@slipway/rpc";
import { liveModel, modelNameOf, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { policyOwnerOf } from "../names/resource-name.ts";
import type { StageEntryStore } from "../transitions/stage-entry-store.ts";
import { type StoredTransition, transitionName } from "../transitions/transition.ts";
import type { TransitionStore } from "../transitions/transition-store.ts";
import { versionResourceName } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import type { GateEvaluation } from "./gate-variables.ts";
import { newPolicy } from "./policy.ts";
import { checkPolicy } from "./policy-rules.ts";
import type { PolicyStore } from "./policy-store.ts";
import { isReplayable, type ReplayVariables, replay } from "./replay.ts";

/** As in the proto. */
const DEFAULT_TRANSITION_COUNT = 100;

export interface TestPolicyServiceOptions {
  models: ModelStore;
  versions: VersionStore;
  policies: PolicyStore;
  transitions: TransitionStore;
  entries: StageEntryStore;
  /** The evaluations of a version, the latest first. */
  evaluationsOf(tenantUid: string, versionUid: string): Promise<GateEvaluation[]>;
}

/** TestStagePolicy. */
export function testPolicyHandlers(
  options: TestPolicyServiceOptions,
): Pick<Handlers<typeof StageService>, "testStagePolicy"> {
  const { models, policies, transitions } = options;
  return {
    async testStagePolicy({ policy: sent = create(StagePolicySchema), transitionCount }, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const name = policyOwnerOf(caller, sent.name, "policy.name");
      checkPolicy(sent);
      const policy = newPolicy(sent, { updater: caller.principal, nowMs: 0 });
      const owner = name === undefined ? undefined : liveModel(await models.find(tenantUid, name), `models/${name}`);
      const last = await transitions.last(
        tenantUid,
        owner?.model.uid,
        transitionCount === 0 ? DEFAULT_TRANSITION_COUNT : transitionCount,
      );
      const concerned = new Map<string, StoredModel | undefined>();
      const differences: PolicyDifference[] = [];
      let replayedCount = 0;
      for (const stored of last.filter(isReplayable)) {
        context.signal.throwIfAborted();
        const { modelUid, transition } = stored;
        if (!concerned.has(modelUid)) {
          const holds = owner !== undefined || (await policies.own(tenantUid, modelUid)).policy === undefined;
          concerned.set(modelUid, holds ? await models.get(tenantUid, modelUid) : undefined);
        }
        const model = concerned.get(modelUid);
        const variables = model === undefined ? undefined : await variablesOf(options, tenantUid, stored);
        if (model === undefined || variables === undefined) continue;
        replayedCount += 1;
        const { state, reason } = replay(stored, policy, variables);
        if (state === transition.state) continue;
        const modelName = modelNameOf(model.model);
        differences.push(
          create(PolicyDifferenceSchema, {
            transition: transitionName(modelName, transition.uid),
            version: versionResourceName(modelName, transition.version),
            fromStage: transition.fromStage,
            toStage: transition.toStage,
            was: transition.state,
            wouldBe: state,
            reason,
          }),
        );
      }
      return { replayedCount, differences };
    },
  };
}

/** What gates look at; undefined where the version is gone. */
async function variablesOf(
  { versions, entries, evaluationsOf }: TestPolicyServiceOptions,
  tenantUid: string,
  { modelUid, transition }: StoredTransition,
): Promise<ReplayVariables | undefined> {
  const { version: number, versionUid, toStage, displaced, createTime } = transition;
  const found = await versions.get(tenantUid, modelUid, number);
  if (found === undefined) return undefined;
  // The moment before, since a version that was applied at once is there from the moment of its request.
  const beforeMs = createTime === undefined ? undefined : timestampMs(createTime) - 1;
  const there = displaced === "" ? await entries.at(tenantUid, modelUid, toStage, beforeMs) : [];
  const other = displaced || there.find(({ entry }) => entry.version !== number)?.entry.version;
  const incumbent = other === undefined ? undefined : await versions.get(tenantUid, modelUid, other);
  const evaluations = await evaluationsOf(tenantUid, versionUid);
  return { version: found.version, evaluations, incumbent: incumbent?.version };
}
