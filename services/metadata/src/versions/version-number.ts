import { fail } from "@slipway/rpc";
import semver, { type SemVer } from "semver";

/** Identifiers of pre-releases compare as numbers; larger ones would compare wrongly as doubles. */
const LARGEST_INTEGER = BigInt(Number.MAX_SAFE_INTEGER);

const MAXIMUM_CHARACTERS = 256;

/**
 * Reads a version number: semver 2.0.0, exactly as npm writes it, at most 256 characters, integers up to 2^53 - 1. Build
 * metadata is refused: it has no precedence, so two numbers would be one. Throws VERSION_NUMBER_INVALID; `field` is where
 * the request has it.
 */
export function parseNumber(text: string, field = "number"): SemVer {
  const number = semver.parse(text);
  const problem = number === null ? "it does not have that form" : problemOf(number, text);
  if (number === null || problem !== undefined) {
    const values = { version: text.slice(0, MAXIMUM_CHARACTERS), problem: problem ?? "it does not have that form" };
    throw fail("VERSION_NUMBER_INVALID", values, { field });
  }
  return number;
}

/** Whether a text is a version number that parseNumber accepts. */
export function isNumber(text: string): boolean {
  const number = semver.parse(text);
  return number !== null && problemOf(number, text) === undefined;
}

/** Whether a number has no pre-release part. */
export function isStable(number: string): boolean {
  return parseNumber(number).prerelease.length === 0;
}

/** The higher one by precedence; undefined stands for none. */
export function higherNumber(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return semver.gte(left, right) ? left : right;
}

function problemOf(number: SemVer, text: string): string | undefined {
  if (number.build.length > 0) return "it has build metadata";
  if (number.version !== text) return "it has characters around the number";
  const large = number.prerelease.find((part) => /^[0-9]+$/.test(String(part)) && BigInt(part) > LARGEST_INTEGER);
  return large === undefined ? undefined : `${large} is larger than ${LARGEST_INTEGER}`;
}
