import { create } from "@bufbuild/protobuf";
import { type Duration, durationMs, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type Transition,
  type TransitionCause,
  TransitionSchema,
  TransitionState,
} from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { etagOf } from "@slipway/resources";
import { fail } from "@slipway/rpc";
import { versionResourceName } from "../versions/version.ts";

/** What a transition waits in; every other state is an outcome. */
const PENDING_STATES: readonly TransitionState[] = [TransitionState.PENDING_CHECKS, TransitionState.PENDING_APPROVAL];

/** What is expected of an exclusive stage that nothing is in. */
export const NOTHING = "-";

/** A transition as it is stored. */
export interface StoredTransition {
  /** Of its document; 0 before it is stored. */
  revision: number;
  modelUid: string;
  /** Name of the tenant, for the event when it lapses. */
  tenant: string;
  /** Without name and etag; `version` and `displaced` are numbers alone, since models are renamed. */
  transition: Transition;
}

/** The resource name of a transition. */
export function transitionName(model: string, uid: string): string {
  return `models/${model}/transitions/${uid}`;
}

/** A transition before anything is known of what it needs. */
export function newTransition(given: {
  uid: string;
  modelUid: string;
  tenant: string;
  versionUid: string;
  number: string;
  fromStage: string;
  toStage: string;
  cause: TransitionCause;
  comment: string;
  requester: string;
  expectedIncumbent?: string;
  nowMs: number;
}): StoredTransition {
  const { modelUid, tenant, number, nowMs, ...fields } = given;
  const transition = create(TransitionSchema, { ...fields, version: number, createTime: timestampFromMs(nowMs) });
  return { revision: 0, modelUid, tenant, transition };
}

/** The transition as clients see it at a revision of its document; shares what is inside of it with the stored one. */
export function shownTransition({ transition }: StoredTransition, revision: number, model: string): Transition {
  const { uid, version, displaced } = transition;
  return {
    ...transition,
    name: transitionName(model, uid),
    version: versionResourceName(model, version),
    displaced: displaced === "" ? "" : versionResourceName(model, displaced),
    etag: etagOf(revision),
  };
}

/** Whether it waits for something. */
export function isPending({ transition }: StoredTransition): boolean {
  return PENDING_STATES.includes(transition.state);
}

/** Whether it has waited for too long at a time. */
export function isLapsed(stored: StoredTransition, nowMs: number): boolean {
  const { expireTime } = stored.transition;
  return isPending(stored) && expireTime !== undefined && timestampMs(expireTime) <= nowMs;
}

/** Refuses with TRANSITION_ENDED what has its outcome, or gets it any moment because it waited for too long. */
export function checkNotEnded(stored: StoredTransition, nowMs: number, name: string): void {
  if (isLapsed(stored, nowMs)) throw fail("TRANSITION_ENDED", { name, state: "EXPIRED" });
  if (!isPending(stored)) throw fail("TRANSITION_ENDED", { name, state: TransitionState[stored.transition.state] });
}

/** The transition with some fields changed. */
export function changedTransition(stored: StoredTransition, changes: Partial<Transition>): StoredTransition {
  return { ...stored, transition: Object.assign({ ...stored.transition }, changes) };
}

/** The transition while it waits: from when it began to, for as long as the policy of that time said. */
export function waitingTransition(
  stored: StoredTransition,
  state: TransitionState,
  nowMs: number,
  expiry: Duration | undefined,
): StoredTransition {
  const untilMs = nowMs + (expiry === undefined ? 0 : durationMs(expiry));
  return changedTransition(stored, { state, expireTime: stored.transition.expireTime ?? timestampFromMs(untilMs) });
}

/** The transition with its outcome; `by` is empty where nobody brought it about, `reason` where it was applied. */
export function endedTransition(
  stored: StoredTransition,
  state: TransitionState,
  { nowMs, by, reason = "" }: { nowMs: number; by: string; reason?: string },
): StoredTransition {
  return changedTransition(stored, { state, endTime: timestampFromMs(nowMs), endedBy: by, endReason: reason });
}
