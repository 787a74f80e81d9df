import semver from "semver";

const PATTERN = /^[a-z][a-z0-9_-]*$/;
const MAXIMUM_CHARACTERS = 64;

/**
 * Why a word cannot stand for a stage or an alias behind the `@` of `iris@…`; undefined where it can: `[a-z][a-z0-9_-]*`,
 * at most 64 characters, and nothing that selectors understand otherwise: `latest`, `v<digits>`, ranges.
 */
export function selectorWordProblem(word: string): string | undefined {
  if (!PATTERN.test(word)) return "it does not match [a-z][a-z0-9_-]*";
  if (word.length > MAXIMUM_CHARACTERS) return `it has more than ${MAXIMUM_CHARACTERS} characters`;
  if (word === "latest") return "it means the highest stable published version";
  if (/^v[0-9]+$/.test(word)) return "it looks like a version number";
  if (semver.validRange(word) !== null) return "it is a range of versions";
  return undefined;
}
