import type { Filter } from "../document-store.ts";
import { everyToken, termToken } from "./term-tokens.ts";

/** A part of a filter that the inverted index answers alone. `true` holds for every document. */
export type Match =
  | { every: true }
  | { none: true }
  | { term: string }
  | { termPrefix: string }
  | { and: Match[] }
  | { or: Match[] }
  | { not: Match };

/**
 * What the inverted index can say about a filter: documents outside `match` do not pass; when `exact`, the ones inside
 * do. Numbers are not in that index, so they make it inexact.
 */
export interface Superset {
  match: Match;
  exact: boolean;
}

const every: Match = { every: true };
const none: Match = { none: true };

export function supersetOf(filter: Filter): Superset {
  if ("term" in filter || "termPrefix" in filter) return { match: filter, exact: true };
  if ("and" in filter) return combine(filter.and.map(supersetOf), allOf);
  if ("or" in filter) return combine(filter.or.map(supersetOf), anyOf);
  if ("not" in filter) {
    const inner = supersetOf(filter.not);
    return inner.exact ? { match: complement(inner.match), exact: true } : { match: every, exact: false };
  }
  return { match: every, exact: false };
}

export function isEvery(match: Match): boolean {
  return "every" in match;
}

export function isNone(match: Match): boolean {
  return "none" in match;
}

/** The MATCH text for FTS5 (https://www.sqlite.org/fts5.html#full_text_query_syntax) within a scope. */
export function matchText(match: Match, scopeId: number): string {
  if ("term" in match) return termToken(scopeId, match.term);
  if ("termPrefix" in match) return `${termToken(scopeId, match.termPrefix)}*`;
  if ("or" in match) return `(${match.or.map((child) => matchText(child, scopeId)).join(" OR ")})`;
  if ("not" in match) return `(${everyToken(scopeId)} NOT ${matchText(match.not, scopeId)})`;
  if ("and" in match) return conjunctionText(match.and, scopeId);
  if ("every" in match) return everyToken(scopeId);
  throw new Error("a match that holds for no document has no text");
}

/** FTS5 has only the binary `a NOT b`: the negative parts of a conjunction are taken from its positive ones. */
function conjunctionText(children: Match[], scopeId: number): string {
  const negatives = children.flatMap((child) => ("not" in child ? [child.not] : []));
  const positives = children.filter((child) => !("not" in child));
  const kept = positives.length === 0 ? [every] : positives;
  const text = kept.map((child) => matchText(child, scopeId)).join(" AND ");
  return negatives.length === 0 ? `(${text})` : `((${text}) NOT ${matchText(anyOf(negatives), scopeId)})`;
}

function combine(children: Superset[], join: (matches: Match[]) => Match): Superset {
  return { match: join(children.map((child) => child.match)), exact: children.every((child) => child.exact) };
}

function allOf(matches: Match[]): Match {
  if (matches.some(isNone)) return none;
  return (
    single(
      matches.filter((match) => !isEvery(match)),
      "and",
    ) ?? every
  );
}

function anyOf(matches: Match[]): Match {
  if (matches.some(isEvery)) return every;
  return (
    single(
      matches.filter((match) => !isNone(match)),
      "or",
    ) ?? none
  );
}

function single(matches: Match[], join: "and" | "or"): Match | undefined {
  if (matches.length <= 1) return matches[0];
  return join === "and" ? { and: matches } : { or: matches };
}

function complement(match: Match): Match {
  if (isEvery(match)) return none;
  if (isNone(match)) return every;
  return "not" in match ? match.not : { not: match };
}
