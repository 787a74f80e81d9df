import { printable } from "@slipway/runtime";
import Table from "cli-table3";
import { paint, type Terminal } from "./terminal.ts";

const NO_BORDER = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Rows in columns, as wide as their widest cell (Chinese characters count two). */
export function formatTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const table = new Table({ chars: NO_BORDER, style });
  table.push(head.map((title) => paint(terminal, terminal.stdout, "bold", title)));
  for (const row of rows) table.push(row.map(printable));
  return `${table.toString().replace(/[ ]+$/gm, "")}\n`;
}

/** `name  value` lines; empty values are left out, further lines of a value stand below its first. */
export function formatFields(terminal: Terminal, fields: readonly (readonly [string, string])[]): string {
  const shown = fields.filter(([, value]) => value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown
    .map(([name, value]) => {
      const indent = " ".repeat(width + 2);
      const lines = value.split(/\r?\n/).map(printable).join(`\n${indent}`);
      return `${paint(terminal, terminal.stdout, "dim", name.padEnd(width))}  ${lines}\n`;
    })
    .join("");
}
