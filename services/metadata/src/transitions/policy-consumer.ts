import { type Consumer, type ConsumerOptions, createConsumer } from "@slipway/events";
import type { WaitingTransitionWorker } from "./waiting-transition-worker.ts";

/** So many policies, each of a model or a tenant, are followed at once. */
const CONCURRENCY = 4;

export interface PolicyConsumerOptions extends Omit<ConsumerOptions, "name" | "types" | "handling"> {
  waiting: WaitingTransitionWorker;
}

/**
 * Has transitions that wait judged anew once another policy holds for them, or their model is back: each change is looked
 * at once, and again after a crash.
 */
export function createPolicyConsumer({ waiting, ...options }: PolicyConsumerOptions): Consumer {
  return createConsumer({
    ...options,
    name: "waiting transitions",
    types: ["slipway.stage-policy.updated", "slipway.stage-policy.deleted", "slipway.model.undeleted"],
    handling: {
      concurrency: CONCURRENCY,
      one: ({ tenantUid, tenant, actor, subjectUid }, stopping) => {
        // A tenant's own policy is about the tenant.
        const modelUid = subjectUid === tenantUid ? undefined : subjectUid;
        return waiting.judge({ tenantUid, tenant, principal: actor }, modelUid, stopping);
      },
    },
  });
}
