import stringWidth from "string-width";
import type { OutputStream } from "./terminal.ts";

/**
 * Text for people, broken between words where a terminal would break within them; later lines are indented. Off a
 * terminal, where programs and logs read, it stays as it is.
 */
export function wrapped(stream: OutputStream, text: string, indent = ""): string {
  const { isTTY, columns } = stream;
  if (isTTY !== true || columns === undefined) return text;
  return text
    .split("\n")
    .map((line) => wrapLine(line, columns, indent))
    .join("\n");
}

function wrapLine(line: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<=\S) /)) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current === "" || stringWidth(longer) <= columns) {
      current = longer;
    } else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current].join("\n");
}
