/** What a log line carries besides its message; values must survive JSON. */
export type LogFields = Record<string, unknown>;

/** Structured logging: fields first, then a fixed message (no values inside it, so that lines can be grouped). */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds the fields to each of its lines. */
  child(fields: LogFields): Logger;
}

/** Drops every line; for tests and for clients that ask for none. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
