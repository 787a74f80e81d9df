import { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { parseNumber } from "./version-number.ts";

/** MAJOR, MINOR or PATCH: AUTO with the question answered. */
export type DecidedBump = Bump.MAJOR | Bump.MINOR | Bump.PATCH;

/** The number of a model's first version, where none is given. */
export const FIRST_NUMBER = "1.0.0";

/** The names of the two lines that a number is on, beside its model's: `1` and `1.2` for 1.2.3. */
export function linesOf(number: string): [major: string, minor: string] {
  const { major, minor } = parseNumber(number);
  return [`${major}`, `${major}.${minor}`];
}

/**
 * The line on which a bump of `base` must exceed every number: all of the model (undefined) for MAJOR, `1` for MINOR and
 * `1.2` for PATCH of 1.2.3.
 */
export function lineOf(bump: DecidedBump, base: string): string | undefined {
  const [major, minor] = linesOf(base);
  if (bump === Bump.MAJOR) return undefined;
  return bump === Bump.MINOR ? major : minor;
}

/**
 * The lowest number of the bump's form (x.0.0, 1.x.0 or 1.2.x) above `highest`, the highest number ever allocated on
 * the line of the bump. A pre-release of such a number leaves the number itself free.
 */
export function nextNumber(bump: DecidedBump, highest: string): string {
  const { major, minor, patch, prerelease } = parseNumber(highest);
  const isPrerelease = prerelease.length > 0;
  switch (bump) {
    case Bump.MAJOR:
      return checked(`${isPrerelease && minor === 0 && patch === 0 ? major : major + 1}.0.0`);
    case Bump.MINOR:
      return checked(`${major}.${isPrerelease && patch === 0 ? minor : minor + 1}.0`);
    case Bump.PATCH:
      return checked(`${major}.${minor}.${isPrerelease ? patch : patch + 1}`);
  }
}

/**
 * What a number promises to those who use an earlier one: the bump between the two. Numbers below 1.0.0 promise nothing
 * (semver 2.0.0, §4), so they count as MAJOR.
 */
export function promiseOf(number: string, previous: string): DecidedBump {
  const next = parseNumber(number);
  const before = parseNumber(previous);
  if (next.major === 0 || next.major !== before.major) return Bump.MAJOR;
  return next.minor === before.minor ? Bump.PATCH : Bump.MINOR;
}

/** A component may have grown beyond what semver's tools can read. */
function checked(number: string): string {
  return parseNumber(number, "bump").version;
}
