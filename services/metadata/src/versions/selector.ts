import { fail } from "@slipway/rpc";
import semver from "semver";
import { isNumber } from "./version-number.ts";

/** What stands behind the `@` of `iris@…`. */
export type Selector =
  | { kind: "number"; number: string }
  | { kind: "range"; range: string }
  | { kind: "latest" }
  /** The name of a stage, else of an alias. */
  | { kind: "word"; word: string };

/** The form that stages and aliases share. */
const NAME = /^[a-z][a-z0-9_-]*$/;

/**
 * Reads a selector, tried in this order: exact number, range (npm's), `latest` (also the empty text), a word.
 * Throws SELECTOR_INVALID for what is none of these; whether the version exists is for the caller to find out.
 */
export function parseSelector(text: string): Selector {
  if (isNumber(text)) return { kind: "number", number: text };
  if (text === "" || text === "latest") return { kind: "latest" };
  if (semver.validRange(text) !== null) return { kind: "range", range: text };
  if (NAME.test(text)) return { kind: "word", word: text };
  throw fail("SELECTOR_INVALID", {
    selector: text,
    problem: "it is no number, range, stage or alias",
  });
}

/** Whether a range takes a number; pre-releases only where the range names one of the same number, as npm does. */
export function isInRange(number: string, range: string): boolean {
  return semver.satisfies(number, range);
}

/** Whether no number from this one downwards can be in a range, so that a search from above may stop. */
export function isBelowRange(number: string, range: string): boolean {
  const lowest = semver.minVersion(range);
  return lowest === null || semver.lt(number, lowest);
}
