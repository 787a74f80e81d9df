import type { StageEdge } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { type GateResult, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { StoredVersion } from "../versions/version.ts";
import { failedCheck } from "./requirements.ts";
import { NOTHING, type StoredTransition } from "./transition.ts";

/** Why a transition cannot be applied any more since its request, in words; empty where it can. */
export function changeSince(
  { transition }: StoredTransition,
  version: StoredVersion | undefined,
  edge: StageEdge | undefined,
): string {
  const { fromStage, toStage } = transition;
  if (version === undefined || version.version.deleteTime !== undefined) return "The version was deleted meanwhile.";
  const { state, stage } = version.version;
  if (state !== VersionState.PUBLISHED) return `The version is ${VersionState[state]} meanwhile.`;
  if (stage !== fromStage) return `The version is in ${stage} meanwhile, no longer in ${fromStage}.`;
  if (edge === undefined) return `The policy has no way from ${fromStage} to ${toStage} any more.`;
  return "";
}

/** The incumbent that a transition expects and that is not there, in words; empty where nothing else is expected. */
export function incumbentChange({ transition }: StoredTransition, incumbent: string): string {
  const { expectedIncumbent, toStage } = transition;
  if (expectedIncumbent === "" || expectedIncumbent === incumbent) return "";
  const words = (number: string) => (number === NOTHING ? "nothing" : number);
  return `${words(incumbent)} is in ${toStage}, not ${words(expectedIncumbent)} as was expected.`;
}

/** Which gates did not hold, in words; empty where all did. */
export function gateProblem(gates: readonly GateResult[]): string {
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length === 0) return "";
  const [first] = failed as [GateResult];
  const more = failed.length === 1 ? "" : ` (and ${failed.length - 1} more)`;
  return `The gate "${first.gate}" does not hold: ${first.explanation}${more}`;
}

/** Which check failed, in words. */
export function checkProblem({ transition }: StoredTransition): string {
  const failed = failedCheck(transition.checks);
  return `The check ${failed?.check} failed${failed?.message ? `: ${failed.message}` : "."}`;
}

/** The verb of the event about an outcome; undefined where it still waits. */
export function outcomeVerb(state: TransitionState): string | undefined {
  switch (state) {
    case TransitionState.APPLIED:
      return "applied";
    case TransitionState.REJECTED:
      return "rejected";
    case TransitionState.FAILED:
      return "failed";
    case TransitionState.CANCELLED:
      return "cancelled";
    case TransitionState.EXPIRED:
      return "expired";
    default:
      return undefined;
  }
}
