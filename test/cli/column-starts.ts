import { stripVTControlCharacters } from "node:util";

/** East Asian wide and emoji characters take two columns of a terminal. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;

/** The column of a terminal in which the text begins in the line; -1 when it is not there. */
export function columnStarts(line: string, text: string): number {
  const shown = stripVTControlCharacters(line);
  const index = shown.indexOf(text);
  if (index < 0) return -1;
  return [...shown.slice(0, index)].reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}
