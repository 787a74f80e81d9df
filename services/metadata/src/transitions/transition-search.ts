import { timestampMs } from "@bufbuild/protobuf/wkt";
import { TransitionCause, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import {
  enumField,
  fieldTerm,
  type OrderFields,
  parseFilter,
  parseOrderBy,
  textField,
  timeField,
} from "@slipway/resources";
import { isPending, type StoredTransition } from "./transition.ts";

const STATES = [
  TransitionState.PENDING_CHECKS,
  TransitionState.PENDING_APPROVAL,
  TransitionState.APPLIED,
  TransitionState.REJECTED,
  TransitionState.FAILED,
  TransitionState.CANCELLED,
  TransitionState.EXPIRED,
].map((state) => TransitionState[state]);

const CAUSES = [TransitionCause.REQUEST, TransitionCause.EVALUATION, TransitionCause.ROLLBACK].map(
  (cause) => TransitionCause[cause],
);

const FILTER_FIELDS = {
  version: textField("version"),
  state: enumField("state", STATES),
  cause: enumField("cause", CAUSES),
  from_stage: textField("from_stage"),
  to_stage: textField("to_stage"),
  requester: textField("requester"),
  create_time: timeField("create_time"),
  end_time: timeField("end_time"),
};

const ORDER_FIELDS: OrderFields = { create_time: "created" };

/** Number of the transitions that wait: when they become EXPIRED, in milliseconds since 1970. */
export const EXPIRES_NUMBER = "expires";

/** The term of a model's transitions. */
export function transitionsOfModel(modelUid: string): string {
  return `model:${modelUid}`;
}

/** The transitions that wait: of all models, or of one. */
export function waitingTransitions(modelUid: string | undefined) {
  const waits = [TransitionState.PENDING_CHECKS, TransitionState.PENDING_APPROVAL].map((state) => ({
    term: `state:${TransitionState[state]}`,
  }));
  return { and: [...(modelUid === undefined ? [] : [{ term: transitionsOfModel(modelUid) }]), { or: waits }] };
}

/** What of a transition can be searched and sorted. */
export function projectTransition(stored: StoredTransition) {
  const { version, state, cause, fromStage, toStage, requester, createTime, endTime } = stored.transition;
  return {
    terms: [
      transitionsOfModel(stored.modelUid),
      fieldTerm("version", version),
      `state:${TransitionState[state]}`,
      `cause:${TransitionCause[cause]}`,
      `from_stage:${fromStage}`,
      `to_stage:${toStage}`,
      fieldTerm("requester", requester),
    ],
    numbers: {
      ...(createTime && { create_time: timestampMs(createTime) }),
      ...(endTime && { end_time: timestampMs(endTime) }),
    },
  };
}

/** What of a transition is found over all tenants. */
export function projectTransitionAcrossTenants(stored: StoredTransition) {
  const { expireTime } = stored.transition;
  return { numbers: isPending(stored) && expireTime ? { [EXPIRES_NUMBER]: timestampMs(expireTime) } : {} };
}

/** What ListTransitions asks of the store: all, or those of one model. Throws FILTER_INVALID and ORDER_BY_INVALID. */
export function transitionQuery(
  { filter, orderBy }: { filter: string; orderBy: string },
  modelUid: string | undefined,
) {
  const wanted = parseFilter(filter, FILTER_FIELDS);
  const ofModel = modelUid === undefined ? [] : [{ term: transitionsOfModel(modelUid) }];
  return {
    filter: { and: [...ofModel, ...(wanted === undefined ? [] : [wanted])] },
    ordering: parseOrderBy(orderBy, ORDER_FIELDS, { by: "created", direction: "ascending" }),
  };
}
