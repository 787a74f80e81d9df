import { fail } from "@slipway/rpc";

const MAXIMUM_CHARACTERS = 256;

/** They separate the parts of resource names, selectors and URLs. */
const SEPARATORS = /[/:@%]/u;

/**
 * What cannot be seen, or changes how its neighbours are seen: control characters and lone surrogates, line and
 * paragraph separators, everything with the Unicode property Default_Ignorable_Code_Point (zero-width, bidirectional
 * controls, fillers, variation selectors), interlinear annotation marks.
 */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u{FFF9}-\u{FFFB}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, "gu");

/**
 * A model's name as it is stored: Unicode NFC. Throws MODEL_NAME_INVALID, which names the problem, for an empty name,
 * more than 256 characters (code points), `/ : @ %`, invisible characters, space at an end, `.`, `..`, and `-`, which
 * stands for all models in lists (AIP-159). `field` is where the request has it.
 */
export function parseModelName(text: string, field: string): string {
  const name = text.normalize("NFC");
  const problem = problemOf(name);
  if (problem !== undefined) throw fail("MODEL_NAME_INVALID", { name: printable(name), problem }, { field });
  return name;
}

function problemOf(name: string): string | undefined {
  if (name === "") return "it is empty";
  const characters = [...name].length;
  if (characters > MAXIMUM_CHARACTERS) return `it has ${characters} characters`;
  const separator = SEPARATORS.exec(name)?.[0];
  if (separator !== undefined) return `it contains ${separator}`;
  const invisible = INVISIBLE.exec(name)?.[0];
  if (invisible !== undefined) return `it contains the invisible character ${codePoint(invisible)}`;
  if (name !== name.trim()) return "it begins or ends with space";
  if (name === "." || name === "..") return "it means a folder in paths";
  if (name === "-") return "it stands for all models in lists";
  return undefined;
}

/** The name for an error message: invisible characters spelled out, and no longer than a line. */
function printable(name: string): string {
  const visible = name.replace(EVERY_INVISIBLE, (character) => `<${codePoint(character)}>`);
  const characters = [...visible];
  return characters.length > MAXIMUM_CHARACTERS
    ? `${characters.slice(0, MAXIMUM_CHARACTERS).join("")}…`
    : characters.join("");
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
