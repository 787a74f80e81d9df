import type { Format } from "../format.ts";

/** Control characters that stand in texts: tab, line feed, form feed, carriage return, escape. */
const textControls: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** What kind of text the head of a content is; undefined when it is no text. `whole`: the head is all of it. */
export function textFormat(head: Buffer, whole: boolean, name: string): Format | undefined {
  const text = decoded(head, whole);
  if (text === undefined || head.some((byte) => byte < 0x20 && !textControls.has(byte))) return undefined;
  const lowerName = name.toLowerCase();
  if (/^\s*[[{]/.test(text) && (lowerName.endsWith(".json") || (whole && isJson(text)))) return "json";
  if (/\.ya?ml$/.test(lowerName) || lowerName === "mlmodel") return "yaml";
  if (/\.(?:md|markdown)$/.test(lowerName)) return "markdown";
  return "text";
}

/** The text; a character that the end of the head cuts is left out. */
function decoded(head: Buffer, whole: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: !whole });
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
