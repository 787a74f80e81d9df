import type { OnProgress, Progress } from "@slipway/client";
import { formatBytes, formatSeconds } from "./format.ts";
import { paint, type Terminal } from "./terminal.ts";

const REDRAW_MS = 100;
/** What is over sooner leaves no line. */
const FIRST_DRAW_MS = 300;
const PLAIN_LINE_MS = 5000;
const MAX_BAR = 24;
const MIN_BAR = 8;
const WORDS = { hashing: "Reading", sending: "Sending", receiving: "Receiving" } as const;

/**
 * Shows progress on standard error: on a terminal one line that is drawn again, with rate and time left; otherwise a
 * plain line every five seconds, so that logs stay readable. `finish` ends the line.
 */
export function progressBar(terminal: Terminal, nowMs: () => number): { onProgress: OnProgress; finish(): void } {
  const { stderr } = terminal;
  const live = stderr.isTTY === true;
  let phase: Progress["phase"] | undefined;
  let startMs = 0;
  let nextMs = 0;
  let open = false;

  const finish = (): void => {
    // After ctrl-C, what is said about it begins a line of its own.
    if (open && !terminal.signal.aborted) stderr.write("\n");
    open = false;
  };
  const onProgress: OnProgress = (progress) => {
    const now = nowMs();
    if (progress.phase !== phase) {
      finish();
      phase = progress.phase;
      startMs = now;
      nextMs = now + (live ? FIRST_DRAW_MS : PLAIN_LINE_MS);
    }
    const last = open && progress.doneBytes >= progress.totalBytes;
    if (now < nextMs && !last) return;
    nextMs = now + (live ? REDRAW_MS : PLAIN_LINE_MS);
    const line = describe(progress, (now - startMs) / 1000);
    if (live) stderr.write(`\r\x1b[2K${withBar(terminal, progress, line)}`);
    else stderr.write(`${line}\n`);
    open = live;
  };
  return { onProgress, finish };
}

function describe({ phase, doneBytes, skippedBytes, totalBytes }: Progress, seconds: number): string {
  const rate = seconds > 0 ? (doneBytes - skippedBytes) / seconds : 0;
  const share = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  const head = `${WORDS[phase]} ${share}% of ${formatBytes(totalBytes)}`;
  if (rate === 0) return head;
  const left = (totalBytes - doneBytes) / rate;
  return `${head}, ${formatBytes(rate)}/s${doneBytes < totalBytes ? `, ${formatSeconds(left)} left` : ""}`;
}

/** The bar takes what room the words leave; a line that broke could not be drawn again. */
function withBar(terminal: Terminal, { doneBytes, totalBytes }: Progress, line: string): string {
  const room = (terminal.stderr.columns ?? 80) - 1;
  const width = Math.min(MAX_BAR, room - line.length - 1);
  if (width < MIN_BAR) return line.slice(0, room);
  const filled = totalBytes === 0 ? width : Math.floor((width * doneBytes) / totalBytes);
  return `${paint(terminal, terminal.stderr, "cyan", "█".repeat(filled))}${"░".repeat(width - filled)} ${line}`;
}
