/** Between key and value of a map's term; no filter can hold it, so that no key is mistaken for a key and a value. */
export const MAP_SEPARATOR = "\u0002";

/** For characters that no filter can hold. */
const UNASKABLE = "\u0001";

/** Longer than any filter, whose proto allows 4,096 characters, and shorter than what the store accepts, 5,000. */
const MAXIMUM_CHARACTERS = 4500;

/** The store sorts by at most 1,024 characters. */
const MAXIMUM_SORTED = 1000;

/** The term of a field's value, as filters ask for it. */
export function fieldTerm(prefix: string, value: string): string {
  return bounded(`${prefix}:${askable(value)}`);
}

/** The term of a map's entry, as mapField asks for it. */
export function mapTerm(prefix: string, key: string, value: string): string {
  return bounded(`${prefix}:${askable(key)}${MAP_SEPARATOR}${askable(value)}`);
}

/** What a text is sorted by, where it stands behind a name: its first 1,000 characters; nothing for an empty one. */
export function sortedBy(name: string, text: string): Record<string, string> {
  return text === "" ? {} : { [name]: cut(text.replaceAll("\0", UNASKABLE), MAXIMUM_SORTED) };
}

/** The store knows no U+0000 and maps mean something by U+0002; no filter can ask for either. */
function askable(text: string): string {
  return text.replaceAll("\0", UNASKABLE).replaceAll(MAP_SEPARATOR, UNASKABLE);
}

/** Nobody can ask for what is cut off. */
function bounded(term: string): string {
  return cut(term, MAXIMUM_CHARACTERS);
}

/** The first characters of a text, not ending in the middle of one. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}
