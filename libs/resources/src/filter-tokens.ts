import { fail } from "@slipway/rpc";

/** A piece of a filter; `position` counts characters from 1, as a person would. */
export interface Token {
  kind: "word" | "text" | "comparator" | "open" | "close" | "end";
  value: string;
  position: number;
  /** Whether a star ended it, which `value` no longer has: what begins with `value` is meant. */
  prefix: boolean;
}

/**
 * What may stand anywhere. A word ends at a colon, which is the has operator; a field's key that holds one is written in
 * quotes: `tags."a:b"`.
 */
const PIECES =
  /(?<space>\s+)|(?<open>\()|(?<close>\))|(?<comparator><=|>=|!=|=|<|>|:)|"(?<text>(?:[^"\\]|\\.)*)"|(?<word>[^\s()<>=!":]+(?:(?<=\.)"(?:[^"\\]|\\.)*")?)/uy;

/** Behind a comparator a word may hold colons: `creator:serviceAccounts/a:b`. */
const VALUE = /(?<space>\s+)|"(?<text>(?:[^"\\]|\\.)*)"|(?<word>[^\s()<>=!"]+)/uy;

const STAR_PROBLEM = 'a * stands only at the end of a value; write "\\*" for the character itself';

/** Cuts a filter into tokens, the last of which is `end`. Refuses what fits nowhere with FILTER_INVALID. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const control = /[\p{Cc}--[\t\n\r]]/v.exec(filter);
  const positionOf = (end: number): number => [...filter.slice(0, end)].length + 1;
  if (control !== null) throw refused(positionOf(control.index), "control characters fit nowhere");
  let index = 0;
  while (index < filter.length) {
    const groups = matchAt(filter, index, tokens.at(-1)?.kind === "comparator");
    const position = positionOf(index);
    if (groups === undefined) {
      throw refused(
        position,
        filter[index] === '"' ? "the quotation mark is never closed" : `"${filter[index]}" fits nowhere`,
      );
    }
    index += groups.length;
    for (const kind of ["open", "close", "comparator"] as const) {
      const value = groups.found[kind];
      if (value !== undefined) tokens.push({ kind, value, position, prefix: false });
    }
    for (const kind of ["text", "word"] as const) {
      const written = groups.found[kind];
      if (written !== undefined) tokens.push({ kind, position, ...readValue(written, kind === "text", position) });
    }
  }
  tokens.push({ kind: "end", value: "", position: positionOf(filter.length), prefix: false });
  return tokens;
}

/** Behind a comparator a value, where there is one; anything else gives the error of the parser. */
function matchAt(filter: string, index: number, isValue: boolean) {
  for (const pattern of isValue ? [VALUE, PIECES] : [PIECES]) {
    pattern.lastIndex = index;
    const match = pattern.exec(filter);
    if (match?.groups !== undefined) return { found: match.groups, length: match[0].length };
  }
  return undefined;
}

/** What was written, without escapes (which only quotes know) and without the star at its end. */
function readValue(written: string, quoted: boolean, position: number): { value: string; prefix: boolean } {
  if (!quoted && written.endsWith('"')) return { value: written, prefix: false };
  const pieces = quoted ? [...written.matchAll(/\\(.)|[^\\]/gsu)].map(([piece]) => piece) : [...written];
  const prefix = pieces.at(-1) === "*";
  const kept = prefix ? pieces.slice(0, -1) : pieces;
  if (kept.includes("*")) throw refused(position, STAR_PROBLEM);
  return { value: (quoted ? kept.map(withoutEscapes) : kept).join(""), prefix };
}

/** `\"` and `\\` as the character behind the backslash. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gsu, "$1");
}

function refused(position: number, problem: string) {
  return fail("FILTER_INVALID", { position, problem });
}
