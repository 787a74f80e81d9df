const ASCII_ONLY = /^[\0-\x7f]*$/;

/**
 * The text with the differences of case removed: two texts that fold alike may be one name on a disk that ignores
 * case (macOS, Windows).
 *
 * This is Unicode's full case folding (Unicode 3.13, default caseless matching, with canonical equivalence: NFD
 * before and after) as far as JavaScript has it: there is no fold, so each code point alone is mapped to lower, upper
 * and lower case, with the full mappings (`ß` and `ẞ` to `ss`, `ﬁ` to `fi`, all sigmas to `σ`). It joins everything that
 * CaseFolding.txt joins, and besides it the dotless `ı` with `i`, which case folding keeps apart. Like every fold it
 * knows the letters of the Unicode version of the JavaScript engine (17 in Node 24).
 */
export function foldCase(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text.normalize("NFD")) folded += foldCharacter(character);
  return folded.normalize("NFD");
}

/** One code point at a time, because `toLowerCase` maps a sigma at the end of a word to another letter. */
function foldCharacter(character: string): string {
  let folded = "";
  for (const upper of character.toLowerCase().toUpperCase()) folded += upper.toLowerCase();
  return folded;
}
