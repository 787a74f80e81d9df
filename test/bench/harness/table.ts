import { isMet, type Measurement } from "./benchmark.ts";

/** A result as it is printed and given out as JSON. */
export type ReportLine = Measurement & { benchmark: string };

const HEADER = ["benchmark", "measured", "value", "target", "", "notes"];

/** The lines as a plain table; `missed` stands where a promised number was not reached. */
export function renderTable(lines: readonly ReportLine[]): string {
  const rows = lines.map((line) => [
    line.benchmark,
    line.name,
    `${formatNumber(line.value)} ${line.unit}`,
    formatTarget(line),
    { true: "met", false: "missed", undefined: "" }[`${isMet(line)}`] ?? "",
    line.note ?? "",
  ]);
  const widths = HEADER.map((title, column) =>
    Math.max(...[HEADER, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const render = (row: string[]) =>
    row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [HEADER, widths.map((width) => "-".repeat(width)), ...rows].map((row) => `${render(row)}\n`).join("");
}

function formatTarget({ target, unit }: Measurement): string {
  if (target === undefined) return "";
  return `${target.comparison === "atLeast" ? "≥" : "≤"} ${formatNumber(target.value)} ${unit}`;
}

function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toFixed(value >= 100 ? 0 : 1);
}
