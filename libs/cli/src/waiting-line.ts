import { formatSeconds } from "./format.ts";
import { paint, type Terminal } from "./terminal.ts";

/** What is over sooner leaves no line. */
const FIRST_DRAW_MS = 300;
const REDRAW_MS = 1000;
const PLAIN_LINE_MS = 5000;

/** Says on standard error that something is waited for. `finish` ends it. */
export interface WaitingLine {
  begin(text: string): void;
  finish(): void;
}

/**
 * On a terminal one line with the time that has passed, drawn again each second and gone afterwards; elsewhere one plain
 * line once it takes more than five seconds.
 */
export function waitingLine(terminal: Terminal, nowMs: () => number): WaitingLine {
  const { stderr } = terminal;
  const live = stderr.isTTY === true;
  let timer: NodeJS.Timeout | undefined;
  let open = false;
  let startMs = 0;

  const draw = (text: string): void => {
    const line = `${text} … ${formatSeconds((nowMs() - startMs) / 1000)}`;
    // A line that broke could not be drawn again.
    stderr.write(`\r\x1b[2K${paint(terminal, stderr, "dim", line.slice(0, (stderr.columns ?? 80) - 1))}`);
    open = true;
    timer = setTimeout(draw, REDRAW_MS, text);
  };
  return {
    begin: (text) => {
      startMs = nowMs();
      if (live) timer = setTimeout(draw, FIRST_DRAW_MS, text);
      else timer = setTimeout(() => stderr.write(`${text} …\n`), PLAIN_LINE_MS);
    },
    finish: () => {
      clearTimeout(timer);
      // After ctrl-C the line stays, with ^C behind it, and what is said about it begins a line of its own.
      if (open && !terminal.signal.aborted) stderr.write("\r\x1b[2K");
      open = false;
    },
  };
}
