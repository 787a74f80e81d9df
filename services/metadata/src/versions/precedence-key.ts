import { parseNumber } from "./version-number.ts";

/** No identifier contains it and it sorts before all of their characters, so `alpha` comes before `alpha-1`. */
const END_OF_IDENTIFIER = "!";

/**
 * A text that orders by code point as its number does by precedence (semver 2.0.0, §11), so that a store which only
 * compares texts pages by precedence. Integers carry their count of digits in front. A stable number ends in `~`, its
 * pre-releases go on with `-`; numeric identifiers begin with 0 and others with 1. At most 1,000 characters.
 */
export function precedenceKey(number: string): string {
  const { major, minor, patch, prerelease } = parseNumber(number);
  const core = [major, minor, patch].map(integerKey).join("");
  if (prerelease.length === 0) return `${core}~`;
  return `${core}-${prerelease.map((part) => identifierKey(String(part))).join("")}`;
}

function identifierKey(identifier: string): string {
  return /^[0-9]+$/.test(identifier) ? `0${integerKey(identifier)}` : `1${identifier}${END_OF_IDENTIFIER}`;
}

function integerKey(integer: number | string): string {
  const digits = String(integer);
  return `${String(digits.length).padStart(2, "0")}${digits}`;
}

/**
 * The bound below which every number of a line sorts and above which none does, for `1` (1.x.x) or `1.2` (1.2.x): the
 * start of the keys of the line behind it.
 */
export function endOfLine(line: string): string {
  const parts = line.split(".");
  return parts.map((part, index) => integerKey(Number(part) + (index === parts.length - 1 ? 1 : 0))).join("");
}
