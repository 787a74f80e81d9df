import { CheckState, type Transition, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { transitionId, versionId } from "./transition-name.ts";

/** Whether it has its outcome. */
export function hasEnded({ state }: Transition): boolean {
  return state !== TransitionState.PENDING_CHECKS && state !== TransitionState.PENDING_APPROVAL;
}

/** What became of a transition, and what to do where it waits; a line each, the first one says most. */
export function linesAbout(transition: Transition): string[] {
  const { version, toStage, displaced, displacedTo, endReason, state } = transition;
  const name = versionId(version);
  switch (state) {
    case TransitionState.APPLIED:
      return [
        `${name} is in ${toStage}.`,
        ...(displaced === "" ? [] : [`${versionId(displaced)} went to ${displacedTo}.`]),
      ];
    case TransitionState.PENDING_CHECKS:
    case TransitionState.PENDING_APPROVAL:
      return [`${name} waits to enter ${toStage}: ${waitingFor(transition)}.`, `  ${transitionId(transition.name)}`];
    default: {
      const word = TransitionState[state].toLowerCase();
      return [
        `${name} did not enter ${toStage}: the transition ${word === "failed" ? "failed" : `is ${word}`}.`,
        ...reasonOf(endReason),
      ];
    }
  }
}

/** `the checks smoke, load`, `1 of 2 approvals`. */
export function waitingFor({ state, checks, verdicts, approvalsNeeded }: Transition): string {
  if (state === TransitionState.PENDING_CHECKS) {
    const pending = checks.filter((each) => each.state === CheckState.PENDING).map(({ check }) => check);
    return `${pending.length === 1 ? "the check" : "the checks"} ${pending.join(", ")}`;
  }
  if (state !== TransitionState.PENDING_APPROVAL) return "";
  const given = verdicts.filter(({ approved }) => approved).length;
  return given === 0
    ? `${approvalsNeeded} approval${approvalsNeeded === 1 ? "" : "s"}`
    : `${given} of ${approvalsNeeded} approvals given`;
}

function reasonOf(reason: string): string[] {
  return reason === "" ? [] : [`  ${reason}`];
}
