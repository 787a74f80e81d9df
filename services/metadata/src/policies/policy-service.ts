import { create } from "@bufbuild/protobuf";
import { type StagePolicy, StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import {
  DeleteStagePolicyResponseSchema,
  type StageService,
  UpdateStagePolicyResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { checkEtag } from "@slipway/resources";
import { type CallContext, callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import { liveModel, type StoredModel } from "../models/model.ts";
import type { ModelStore } from "../models/model-store.ts";
import { policyOwnerOf } from "../names/resource-name.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";
import { newPolicy, policyName, type StoredPolicy, shownPolicy } from "./policy.ts";
import { policySubject } from "./policy-event.ts";
import { checkPolicy } from "./policy-rules.ts";
import type { EffectivePolicy, PolicyStore } from "./policy-store.ts";
import { canBeInTheWay } from "./policy-usage.ts";
import type { PolicyUseStore } from "./policy-use-store.ts";

export interface PolicyServiceOptions {
  models: ModelStore;
  policies: PolicyStore;
  policyUse: PolicyUseStore;
  changes: ChangeStore;
}

type PolicyHandlers = Pick<Handlers<typeof StageService>, "getStagePolicy" | "updateStagePolicy" | "deleteStagePolicy">;

/** GetStagePolicy, UpdateStagePolicy and DeleteStagePolicy. */
export function policyHandlers({ models, policies, policyUse, changes }: PolicyServiceOptions): PolicyHandlers {
  /** The model that a policy belongs to; undefined: the tenant. */
  async function ownerOf(context: CallContext, model: string | undefined): Promise<StoredModel | undefined> {
    if (model === undefined) return undefined;
    return liveModel(await models.find(callerOf(context).tenantUid, model), `models/${model}`);
  }

  /** Refuses with STAGE_IN_USE and STAGE_NAME_TAKEN what versions and aliases stand in the way of. */
  async function checkUse(
    context: CallContext,
    model: StoredModel | undefined,
    name: string,
    { before, after }: { before: StagePolicy; after: StagePolicy },
  ): Promise<void> {
    const scope = { tenantUid: callerOf(context).tenantUid, model, signal: context.signal };
    const problem = await policyUse.versionsInTheWay(scope, before, after);
    if (problem !== undefined) throw fail("STAGE_IN_USE", { name, problem });
    const taken = await policyUse.aliasInTheWay(scope, before, after);
    if (taken !== undefined) throw fail("STAGE_NAME_TAKEN", { name, ...taken });
  }

  /**
   * As checkUse; where the policy of all models takes something away or adds a stage, nothing that is judged by the one
   * before is committed from then on until the other is, which then takes the place of what is returned.
   */
  async function claimedUse(
    context: CallContext,
    model: StoredModel | undefined,
    name: string,
    stored: StoredPolicy,
    change: { before: StagePolicy; after: StagePolicy },
  ): Promise<StoredPolicy> {
    await checkUse(context, model, name, change);
    // Whatever enters a stage of a model, or gets an alias, writes the model, which is held.
    if (model !== undefined || !canBeInTheWay(change.before, change.after)) return stored;
    const { tenantUid } = callerOf(context);
    const { write, announced } = policies.announce(tenantUid, stored);
    await changes.commit([write]);
    try {
      await checkUse(context, model, name, change);
      return announced;
    } catch (error) {
      await changes.commit([policies.withdraw(tenantUid, announced)]);
      throw error;
    }
  }

  /** Holds the model as it was read, so that no version of it enters a stage and no alias is set meanwhile. */
  const heldModel = (tenantUid: string, model: StoredModel | undefined) =>
    model === undefined ? [] : [models.check(tenantUid, model)];

  return {
    async getStagePolicy({ name }, context) {
      const model = policyOwnerOf(callerOf(context), name, "name");
      const owner = await ownerOf(context, model);
      const effective = await policies.effective(callerOf(context).tenantUid, owner?.model.uid);
      return { policy: shownEffective(effective, model) };
    },

    async updateStagePolicy(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const { policy: sent = create(StagePolicySchema) } = request;
      const model = policyOwnerOf(caller, sent.name, "policy.name");
      checkPolicy(sent);
      const name = policyName(model);
      return changes.change(context, request, { key: model ?? name, name }, async () => {
        const owner = await ownerOf(context, model);
        const uid = owner?.model.uid;
        const stored = await policies.own(tenantUid, uid);
        checkEtag(sent.etag, stored.policy === undefined ? 0 : stored.revision, name);
        const above = stored.policy === undefined ? await policies.above(tenantUid, uid) : undefined;
        const before = stored.policy ?? above?.policy ?? DEFAULT_POLICY;
        const after = newPolicy(sent, { updater: caller.principal, nowMs: changes.nowMs() });
        const claimed = await claimedUse(context, owner, name, stored, { before, after });
        const shown = shownPolicy(after, name, stored.revision + 1);
        return {
          writes: [
            policies.put(tenantUid, uid, claimed, after),
            ...(above?.holds ?? []),
            ...heldModel(tenantUid, owner),
            changes.event(caller, "slipway.stage-policy.updated", policySubject(shown, uid ?? tenantUid)),
          ],
          response: create(UpdateStagePolicyResponseSchema, { policy: shown }),
        };
      });
    },

    async deleteStagePolicy(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const model = policyOwnerOf(caller, request.name, "name");
      const name = policyName(model);
      return changes.change(context, request, { key: model ?? name, name }, async () => {
        const owner = await ownerOf(context, model);
        const uid = owner?.model.uid;
        const stored = await policies.own(tenantUid, uid);
        if (stored.policy === undefined) throw fail("STAGE_POLICY_NOT_FOUND", { name });
        checkEtag(request.etag, stored.revision, name);
        const above = await policies.above(tenantUid, uid);
        const change = { before: stored.policy, after: above.policy };
        const claimed = await claimedUse(context, owner, name, stored, change);
        const deleted = shownPolicy(stored.policy, name, stored.revision + 1);
        return {
          writes: [
            policies.put(tenantUid, uid, claimed),
            ...above.holds,
            ...heldModel(tenantUid, owner),
            changes.event(caller, "slipway.stage-policy.deleted", policySubject(deleted, uid ?? tenantUid)),
          ],
          response: create(DeleteStagePolicyResponseSchema, { policy: shownEffective(above, undefined) }),
        };
      });
    },
  };
}

function shownEffective({ policy, revision, owner }: EffectivePolicy, model: string | undefined): StagePolicy {
  return shownPolicy(policy, policyName(owner === "MODEL" ? model : undefined), revision);
}
