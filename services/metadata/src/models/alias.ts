import { fail } from "@slipway/rpc";
import semver from "semver";
import { STAGES } from "../versions/stages.ts";

const PATTERN = /^[a-z][a-z0-9_-]*$/;
const MAXIMUM_CHARACTERS = 64;

/** Aliases that one model may have; they stand in the model, which every create of a version rewrites. */
const MAXIMUM_ALIASES = 1000;

/**
 * An alias, checked. Throws ALIAS_INVALID, which names the problem, for what does not match `[a-z][a-z0-9_-]*`, for more
 * than 64 characters, and for what selectors understand otherwise: `latest`, `v<digits>`, stages, ranges.
 */
export function parseAlias(alias: string): string {
  const problem = problemOf(alias);
  if (problem !== undefined) throw fail("ALIAS_INVALID", { alias, problem });
  return alias;
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

function problemOf(alias: string): string | undefined {
  if (!PATTERN.test(alias)) return "it does not match [a-z][a-z0-9_-]*";
  if (alias.length > MAXIMUM_CHARACTERS) return `it has more than ${MAXIMUM_CHARACTERS} characters`;
  if (alias === "latest") return "it means the highest stable published version";
  if (STAGES.includes(alias)) return "it is a stage";
  if (/^v[0-9]+$/.test(alias)) return "it looks like a version number";
  if (semver.validRange(alias) !== null) return "it is a range of versions";
  return undefined;
}
