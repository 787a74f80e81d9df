import { pino } from "pino";
import { formatLine } from "./format-line.ts";
import type { Logger } from "./logger.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where lines go; standard error, as a rule, since standard output belongs to what a command prints. */
export interface LogDestination {
  write(text: string): unknown;
  isTTY?: boolean;
}

export interface LoggerOptions {
  level: LogLevel;
  destination: LogDestination;
  /** JSON for machines, or lines for people. Default: by whether the destination is a terminal. */
  format?: "json" | "human";
  /** Colour in lines for people. Default: on a terminal, unless NO_COLOR is set (https://no-color.org). */
  colour?: boolean;
}

/**
 * A logger that writes one line per entry: JSON with `level`, `time` (ISO 8601), the fields and `msg`; an error under
 * `err` with its type, message, stack and causes.
 */
export function createLogger({ level, destination, format, colour }: LoggerOptions): Logger {
  const terminal = destination.isTTY === true;
  const human = format === undefined ? terminal : format === "human";
  const coloured = colour ?? (terminal && !process.env.NO_COLOR);
  const write = human
    ? (line: string) => void destination.write(formatLine(line, coloured))
    : (line: string) => void destination.write(line);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}
