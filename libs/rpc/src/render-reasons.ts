import { REASONS } from "./reasons.ts";

/** The register as a Markdown table, sorted by reason: the body of docs/errors.md. */
export function renderReasons(): string {
  const rows = Object.entries(REASONS)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([reason, { code, message }]) => `| \`${reason}\` | ${code} | ${escapeCell(message)} |`);
  return ["| Reason | Code | Message |", "|---|---|---|", ...rows, ""].join("\n");
}

/** A table cell must not hold a bar, and text between angle brackets would pass as HTML. */
function escapeCell(text: string): string {
  return text.replace(/[|<>]/g, (character) => `\\${character}`);
}
