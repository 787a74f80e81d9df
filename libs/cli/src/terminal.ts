import { styleText } from "node:util";

/** Where a command writes and what it may know of its surroundings; injected, so that tests see what a user sees. */
export interface Terminal {
  stdout: OutputStream;
  stderr: OutputStream;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by ctrl-C. */
  signal: AbortSignal;
}

export interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** Colours a text, on a terminal only; NO_COLOR (no-color.org) turns it off. */
export function paint(terminal: Terminal, stream: OutputStream, style: Style, text: string): string {
  const colours = stream.isTTY === true && !terminal.env.NO_COLOR && terminal.env.TERM !== "dumb";
  return colours ? styleText(style, text, { validateStream: false }) : text;
}
