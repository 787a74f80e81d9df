import type { StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import {
  CheckState,
  type Transition,
  TransitionCause,
  TransitionState,
} from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { approvers, pendingChecks, requiredBy, standingOf } from "../transitions/requirements.ts";
import { checkProblem, gateProblem } from "../transitions/settlement.ts";
import type { StoredTransition } from "../transitions/transition.ts";
import { judgeGates } from "./gate.ts";
import type { GateEvaluation } from "./gate-variables.ts";
import { findEdge, stageOf } from "./policy.ts";

/** How a transition would have ended, and why. */
export interface ReplayedOutcome {
  state: TransitionState;
  reason: string;
}

/** What gates look at, as far as it is known today. */
export interface ReplayVariables {
  version: Version;
  evaluations: readonly GateEvaluation[];
  incumbent: Version | undefined;
}

/**
 * Whether a policy decided on the outcome of a transition: no one cancelled it, it is no rollback, and it did not fail
 * because something else changed meanwhile.
 */
export function isReplayable({ transition }: StoredTransition): boolean {
  const { cause, state, gates, checks } = transition;
  if (cause === TransitionCause.ROLLBACK) return false;
  switch (state) {
    case TransitionState.APPLIED:
    case TransitionState.REJECTED:
    case TransitionState.EXPIRED:
      return true;
    case TransitionState.FAILED:
      return gates.some(({ passed }) => !passed) || checks.some((check) => check.state === CheckState.FAILED);
    default:
      return false;
  }
}

/** How a transition would have ended under a policy, with the checks and verdicts that it got. */
export function replay(stored: StoredTransition, policy: StagePolicy, variables: ReplayVariables): ReplayedOutcome {
  const { fromStage, toStage } = stored.transition;
  const failed = (reason: string) => ({ state: TransitionState.FAILED, reason });
  for (const stage of [fromStage, toStage]) {
    if (stageOf(policy, stage) === undefined) return failed(`The policy has no stage "${stage}".`);
  }
  const edge = findEdge(policy, fromStage, toStage);
  if (edge === undefined) return failed(`The policy has no way from ${fromStage} to ${toStage}.`);
  const version = { ...variables.version, stage: fromStage };
  const unfulfilled = gateProblem(judgeGates(edge.gates, { ...variables, version }));
  if (unfulfilled !== "") return failed(unfulfilled);
  const required = requiredBy(stored, edge, 0);
  switch (standingOf(required, edge)) {
    case TransitionState.APPLIED:
      return { state: TransitionState.APPLIED, reason: "All that the policy asks for was there." };
    case TransitionState.FAILED:
      return failed(checkProblem(required));
    case TransitionState.PENDING_CHECKS: {
      const names = pendingChecks(required.transition.checks).join(", ");
      return stillWaiting(stored.transition, TransitionState.PENDING_CHECKS, `It would wait for the checks ${names}.`);
    }
    default: {
      if (stored.transition.state === TransitionState.REJECTED) {
        return { state: TransitionState.REJECTED, reason: "Somebody refused." };
      }
      const approvals = edge.approvals;
      const had = approvals === undefined ? 0 : approvers(stored.transition.verdicts, approvals).length;
      const reason = `It would wait for approvals: ${had} of ${approvals?.count ?? 0}.`;
      return stillWaiting(stored.transition, TransitionState.PENDING_APPROVAL, reason);
    }
  }
}

/** What waited for too long would do so again. */
function stillWaiting(transition: Transition, state: TransitionState, reason: string): ReplayedOutcome {
  return { state: transition.state === TransitionState.EXPIRED ? TransitionState.EXPIRED : state, reason };
}
