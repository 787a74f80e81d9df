import { type CelValue, isCelList, isCelMap, isCelUint } from "@bufbuild/cel";

const MAX_CHARACTERS = 100;
const MAX_ELEMENTS = 5;
const MAX_DEPTH = 2;

/** A value in a few words: numbers in full, long text and many elements cut. */
export function valueText(value: CelValue, depth = 0): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > MAX_CHARACTERS ? `${value.slice(0, MAX_CHARACTERS)}…` : value);
  }
  if (isCelList(value)) return `[${partsText(value, value.size, depth, (each) => valueText(each, depth + 1))}]`;
  if (isCelMap(value)) {
    const entryText = ([key, each]: [CelValue, CelValue]) => `${String(key)}: ${valueText(each, depth + 1)}`;
    return `{${partsText(value, value.size, depth, entryText)}}`;
  }
  if (isCelUint(value)) return String(value.value);
  return value === null || typeof value !== "object" ? String(value) : "a message";
}

function partsText<Part>(parts: Iterable<Part>, size: number, depth: number, text: (part: Part) => string): string {
  if (depth >= MAX_DEPTH && size > 0) return "…";
  const shown: string[] = [];
  for (const part of parts) {
    if (shown.length === MAX_ELEMENTS) break;
    shown.push(text(part));
  }
  return [...shown, ...(size > MAX_ELEMENTS ? [`… ${size} in all`] : [])].join(", ");
}
