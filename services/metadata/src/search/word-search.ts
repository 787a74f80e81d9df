import type { parseFilter, WordSearch } from "@slipway/resources";
import { fail } from "@slipway/rpc";
import { indexedWords, type WantedWord, wantedWords } from "./words.ts";

/** A page of text; the words behind it are not found. */
const MOST_WORDS = 500;
/** Enough for as many words; a description may have four times as many characters. */
const MOST_CHARACTERS = 16_384;

/** As the proto says. */
const MOST_QUERY_WORDS = 10;
/** Ten words of Chinese in one run are about as many pairs. */
const MOST_QUERY_PARTS = 40;

/** What a filter becomes; undefined: everything. */
type Wanted = ReturnType<typeof parseFilter>;

/** The terms of a document's words, at most 500: those of the first texts first, so the short ones stand in front. */
export function wordTerms(texts: readonly string[]): string[] {
  const words = new Set<string>();
  let characters = 0;
  for (const text of texts) {
    const read = text.slice(0, MOST_CHARACTERS - characters);
    characters += read.length;
    for (const word of indexedWords(read)) {
      words.add(word);
      if (words.size === MOST_WORDS) return [...words].map(wordTerm);
    }
  }
  return [...words].map(wordTerm);
}

/** What a bare word or a text of a filter finds: all its words, the last one by its beginning behind a star. */
export const bareWords: WordSearch = ({ text, prefix }) => {
  const wanted = wantedWords(text, prefix);
  return allOf(wanted) ?? { problem: `"${text}${prefix ? "*" : ""}" has no letter and no digit` };
};

/**
 * What the `query` of a request asks for: all its words, the last one by how it begins. Undefined: everything. Refuses
 * with QUERY_INVALID what has too many words or none.
 */
export function queryFilter(query: string): Wanted {
  const words = query.split(/\s+/u).filter(Boolean);
  if (words.length === 0) return undefined;
  if (words.length > MOST_QUERY_WORDS) throw invalid(`it has ${words.length} words; at most ${MOST_QUERY_WORDS}`);
  const wanted = wantedWords(query, true);
  if (wanted.length > MOST_QUERY_PARTS) {
    throw invalid(`it has ${wanted.length} parts, words and pairs of characters; at most ${MOST_QUERY_PARTS}`);
  }
  const filter = allOf(wanted);
  if (filter === undefined) throw invalid("it has no letter and no digit");
  return filter;
}

function allOf(wanted: readonly WantedWord[]): Wanted {
  const filters = wanted.map(({ word, prefix }) =>
    prefix ? { termPrefix: wordTerm(word) } : { term: wordTerm(word) },
  );
  return filters.length <= 1 ? filters[0] : { and: filters };
}

function wordTerm(word: string): string {
  return `w:${word}`;
}

function invalid(problem: string) {
  return fail("QUERY_INVALID", { problem });
}
