import { type Consumer, type ConsumerOptions, createConsumer } from "@slipway/events";
import type { AutomaticMoveWorker } from "./automatic-move-worker.ts";

/** So many versions move at once; those of one model one after the other. */
const CONCURRENCY = 8;

export interface EvaluationConsumerOptions extends Omit<ConsumerOptions, "name" | "types" | "handling"> {
  moves: AutomaticMoveWorker;
}

/** Has versions moved that have become good enough: each evaluation is looked at once, and again after a crash. */
export function createEvaluationConsumer({ moves, ...options }: EvaluationConsumerOptions): Consumer {
  return createConsumer({
    ...options,
    name: "automatic moves",
    types: ["slipway.evaluation.recorded"],
    handling: {
      concurrency: CONCURRENCY,
      one: ({ tenantUid, tenant, actor, subjectUid }, stopping) =>
        moves.move({ tenantUid, tenant, principal: actor }, subjectUid, stopping),
    },
  });
}
