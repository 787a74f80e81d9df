import type { OnProgress, Progress } from "@slipway/client";
import { formatBytes, formatSeconds } from "./format.ts";
import { paint, type Terminal } from "./terminal.ts";

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5000;
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
  let startBytes = 0;
  let shownMs = 0;
  let open = false;

  const finish = (): void => {
    if (open) stderr.write("\n");
    open = false;
  };
  const onProgress: OnProgress = (progress) => {
    const now = nowMs();
    if (progress.phase !== phase) {
      finish();
      phase = progress.phase;
      startMs = now;
      startBytes = progress.doneBytes;
      shownMs = live ? Number.NEGATIVE_INFINITY : now;
    }
    const complete = progress.doneBytes >= progress.totalBytes;
    if (now - shownMs < (live ? REDRAW_MS : PLAIN_LINE_MS) && !(complete && live)) return;
    shownMs = now;
    const line = describe(progress, (now - startMs) / 1000, startBytes);
    if (live) stderr.write(`\r\x1b[2K${bar(terminal, progress)} ${line}`);
    else stderr.write(`${line}\n`);
    open = live;
  };
  return { onProgress, finish };
}

function describe({ phase, doneBytes, totalBytes }: Progress, seconds: number, startBytes: number): string {
  const rate = seconds > 0 ? (doneBytes - startBytes) / seconds : 0;
  const share = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  const head = `${WORDS[phase]} ${share}% of ${formatBytes(totalBytes)}`;
  if (rate === 0) return head;
  const left = (totalBytes - doneBytes) / rate;
  return `${head}, ${formatBytes(rate)}/s${doneBytes < totalBytes ? `, ${formatSeconds(left)} left` : ""}`;
}

function bar(terminal: Terminal, { doneBytes, totalBytes }: Progress): string {
  const width = (terminal.stderr.columns ?? 80) < 70 ? 10 : 24;
  const filled = totalBytes === 0 ? width : Math.floor((width * doneBytes) / totalBytes);
  return paint(terminal, terminal.stderr, "cyan", "█".repeat(filled)) + "░".repeat(width - filled);
}
