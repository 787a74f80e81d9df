import type { StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { fail } from "@slipway/rpc";
import { selectorWordProblem } from "../names/selector-word.ts";
import { stageOf } from "../policies/policy.ts";

/** Aliases that one model may have; they stand in the model, which every create of a version rewrites. */
const MAXIMUM_ALIASES = 1000;

/**
 * An alias, checked. Throws ALIAS_INVALID, which names the problem, for what does not match `[a-z][a-z0-9_-]*`, for more
 * than 64 characters, and for what selectors understand otherwise: `latest`, `v<digits>`, ranges.
 */
export function parseAlias(alias: string): string {
  const problem = selectorWordProblem(alias);
  if (problem !== undefined) throw fail("ALIAS_INVALID", { alias, problem });
  return alias;
}

/** Throws ALIAS_INVALID for the name of a stage of the policy that holds for the model: selectors look there first. */
export function checkNotStage(policy: StagePolicy, alias: string): void {
  if (stageOf(policy, alias) !== undefined) throw fail("ALIAS_INVALID", { alias, problem: "it is a stage" });
}

/** Throws ALIAS_INVALID when a model that has `aliases` has no room for another one. */
export function checkRoomForAlias(aliases: Readonly<Record<string, string>>, alias: string): void {
  if (Object.hasOwn(aliases, alias) || Object.keys(aliases).length < MAXIMUM_ALIASES) return;
  throw fail("ALIAS_INVALID", { alias, problem: `the model has ${MAXIMUM_ALIASES} aliases already` });
}

/** The aliases that point at a number, sorted. */
export function aliasesOf(aliases: Readonly<Record<string, string>>, number: string): string[] {
  return Object.keys(aliases)
    .filter((alias) => aliases[alias] === number)
    .sort();
}
