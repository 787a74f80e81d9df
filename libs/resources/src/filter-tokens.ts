import { fail } from "@slipway/rpc";

/** A piece of a filter; `position` counts characters from 1, as a person would. */
export type Token = {
  kind: "word" | "text" | "comparator" | "open" | "close" | "end";
  value: string;
  position: number;
};

const PIECES =
  /(?<space>\s+)|(?<open>\()|(?<close>\))|(?<comparator><=|>=|!=|=|<|>)|"(?<text>(?:[^"\\]|\\.)*)"|(?<word>[^\s()<>=!"]+)/uy;

/** Cuts a filter into tokens, the last of which is `end`. Refuses what fits nowhere with FILTER_INVALID. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const control = /[\p{Cc}--[\t\n\r]]/v.exec(filter);
  if (control !== null) {
    const position = [...filter.slice(0, control.index)].length + 1;
    throw fail("FILTER_INVALID", { position, problem: "control characters fit nowhere" });
  }
  let index = 0;
  const positionOf = (end: number): number => [...filter.slice(0, end)].length + 1;
  while (index < filter.length) {
    PIECES.lastIndex = index;
    const groups = PIECES.exec(filter)?.groups;
    const position = positionOf(index);
    if (groups === undefined) {
      const problem = filter[index] === '"' ? "the quotation mark is never closed" : `"${filter[index]}" fits nowhere`;
      throw fail("FILTER_INVALID", { position, problem });
    }
    index = PIECES.lastIndex;
    for (const kind of ["open", "close", "comparator", "text", "word"] as const) {
      const value = groups[kind];
      if (value === undefined) continue;
      tokens.push({ kind, value: kind === "text" ? value.replace(/\\(.)/gu, "$1") : value, position });
    }
  }
  tokens.push({ kind: "end", value: "", position: positionOf(filter.length) });
  return tokens;
}
