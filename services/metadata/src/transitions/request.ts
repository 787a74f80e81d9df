import type { Stage, StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail } from "@slipway/rpc";
import { findEdge, stageOf } from "../policies/policy.ts";
import type { StoredVersion } from "../versions/version.ts";
import { parseNumber } from "../versions/version-number.ts";
import { NOTHING } from "./transition.ts";

/** The stage of the policy; refuses with STAGE_UNKNOWN, which names those that there are. */
export function knownStage(
  policy: StagePolicy,
  stage: string,
  { model, field }: { model: string; field: string },
): Stage {
  const found = stageOf(policy, stage);
  if (found !== undefined) return found;
  const known = policy.stages.map(({ name }) => name).join(", ");
  throw fail("STAGE_UNKNOWN", { model, stage, known }, { field });
}

/** Refuses with EXPECTED_INCUMBENT_INVALID what is no number, and any for a stage that displaces nobody. */
export function checkExpectedIncumbent(expected: string, stage: Stage): void {
  if (expected === "") return;
  if (!stage.exclusive) {
    const problem = `${stage.name} is not exclusive, so that entering it displaces nothing`;
    throw fail("EXPECTED_INCUMBENT_INVALID", { version: expected, problem });
  }
  checkIncumbentNumber(expected);
}

/** Refuses with EXPECTED_INCUMBENT_INVALID what is neither empty, `-` nor a number. */
export function checkIncumbentNumber(expected: string): void {
  if (expected === "" || expected === NOTHING) return;
  try {
    parseNumber(expected, "expected_incumbent");
  } catch (cause) {
    const problem = "it is no version number such as 1.2.0, and not - for none";
    throw fail("EXPECTED_INCUMBENT_INVALID", { version: expected, problem }, { cause });
  }
}

/**
 * Refuses with VERSION_NOT_PUBLISHED, and with TRANSITION_NOT_ALLOWED where the policy has no way from the version's
 * stage to another one.
 */
export function checkMayRequest({ version }: StoredVersion, policy: StagePolicy, to: string, name: string): void {
  const { state, stage: from } = version;
  if (state !== VersionState.PUBLISHED) throw fail("VERSION_NOT_PUBLISHED", { name, state: VersionState[state] });
  if (findEdge(policy, from, to) !== undefined) return;
  const ways = policy.edges.filter((edge) => edge.from === from).map((edge) => edge.to);
  const problem =
    from === to
      ? "it is there already"
      : `the policy leads from ${from} ${ways.length === 0 ? "nowhere" : `to ${ways.join(", ")} only`}`;
  throw fail("TRANSITION_NOT_ALLOWED", { name, from, to, problem });
}
