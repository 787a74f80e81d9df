/** Longer words are known by their beginning. */
const MAXIMUM_CHARACTERS = 64;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Scripts that put no spaces between words: Chinese, Japanese and Korean. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}]+/gu;

/** A word as it is searched for: exactly, or by how it begins. */
export interface WantedWord {
  word: string;
  prefix: boolean;
}

/** A piece of text without spaces, of one kind of script. */
interface Run {
  text: string;
  unspaced: boolean;
}

/**
 * The words of a text as they are indexed: runs of letters and digits of any script, folded (NFKC, lower case); runs of
 * Chinese, Japanese and Korean as pairs of neighbouring characters and the last character, so that every character begins
 * one. A segmenter would miss a quarter of the words inside of longer ones. In the order of the text, each once.
 */
export function* indexedWords(text: string): Iterable<string> {
  const seen = new Set<string>();
  for (const { text: run, unspaced } of runsOf(text)) {
    for (const word of unspaced ? pairsOf(run, true) : [shortened(run)]) {
      if (seen.has(word)) continue;
      seen.add(word);
      yield word;
    }
  }
}

/**
 * The words that a text asks for, all of which a match has: a single Chinese, Japanese or Korean character is what a
 * pair begins with, and the text's last word is what a word begins with where `openEnd`. Each once.
 */
export function wantedWords(text: string, openEnd: boolean): WantedWord[] {
  const wanted = new Map<string, WantedWord>();
  const runs = [...runsOf(text)];
  for (const [index, { text: run, unspaced }] of runs.entries()) {
    const single = unspaced && [...run].length === 1;
    const prefix = single || (openEnd && !unspaced && index === runs.length - 1);
    for (const word of unspaced ? pairsOf(run, single) : [shortened(run)]) {
      wanted.set(`${prefix ? "prefix" : "word"} ${word}`, { word, prefix });
    }
  }
  return [...wanted.values()];
}

/** Folded text without differences of case, width and form: ß is ss, and every Greek sigma the same. */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC").replaceAll("ς", "σ");
}

/** Most text in names is; it has one form, and spaces between its words. */
function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function* runsOf(text: string): Iterable<Run> {
  for (const [word] of foldText(text).matchAll(WORD)) {
    if (isAscii(word)) {
      yield { text: word, unspaced: false };
      continue;
    }
    let end = 0;
    for (const { 0: run, index } of word.matchAll(UNSPACED)) {
      if (index > end) yield { text: word.slice(end, index), unspaced: false };
      yield { text: run, unspaced: true };
      end = index + run.length;
    }
    if (end < word.length) yield { text: word.slice(end), unspaced: false };
  }
}

/** Neighbouring characters in pairs, and the last character alone where `withLast`. */
function* pairsOf(run: string, withLast: boolean): Iterable<string> {
  let previous = "";
  for (const character of run) {
    if (previous !== "") yield previous + character;
    previous = character;
  }
  if (withLast) yield previous;
}

function shortened(word: string): string {
  return word.length <= MAXIMUM_CHARACTERS ? word : [...word].slice(0, MAXIMUM_CHARACTERS).join("");
}
