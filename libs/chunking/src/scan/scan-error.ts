export type ScanErrorCode =
  | "NOT_FOUND"
  | "NOTHING_TO_PUSH"
  | "LINK_TO_FOLDER"
  | "LINK_BROKEN"
  | "NOT_A_FILE"
  | "UNREADABLE"
  | "CHANGED"
  | "VANISHED";

/** A folder or a file on disk cannot be taken as it is; the message says what to do about it. */
export class ScanError extends Error {
  override readonly name = "ScanError";
  readonly code: ScanErrorCode;
  /** On disk. */
  readonly sourcePath: string;

  constructor(code: ScanErrorCode, sourcePath: string, advice: string, options?: { cause?: unknown }) {
    super(`${JSON.stringify(sourcePath)} ${advice}.`, options);
    this.code = code;
    this.sourcePath = sourcePath;
  }
}

/** The one place where errors of the file system become errors of the scan. */
export function translateScanError(error: unknown, sourcePath: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || error instanceof ScanError) return error;
  const code = String(error.code);
  if (!/^E[A-Z0-9]+$/.test(code)) return error;
  const options = { cause: error };
  if (code === "ENOENT") {
    return new ScanError(
      "VANISHED",
      sourcePath,
      "vanished while it was read: push again when nothing changes it",
      options,
    );
  }
  const advice = `cannot be read (${code}): give yourself the right to read it, or list it in .slipwayignore`;
  return new ScanError("UNREADABLE", sourcePath, advice, options);
}
