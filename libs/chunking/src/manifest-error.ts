/** Each kind of violation of the manifest's rules (design: artifact service, manifest bytes). */
export type ManifestErrorCode =
  | "NO_FILES"
  | "TOO_MANY_FILES"
  | "PATH_EMPTY"
  | "PATH_TOO_LONG"
  | "PATH_NOT_UNICODE"
  | "PATH_NOT_NFC"
  | "PATH_ABSOLUTE"
  | "PATH_BACKSLASH"
  | "PATH_CONTROL_CHARACTER"
  | "PATH_EMPTY_PART"
  | "PATH_DOT_PART"
  | "PATH_REPEATED"
  | "PATH_CASE_CLASH"
  | "PATH_FILE_AND_FOLDER"
  | "DIGEST_MALFORMED"
  | "SIZE_MALFORMED"
  | "HEADER_MISSING"
  | "LINE_MALFORMED"
  | "NOT_SORTED"
  | "NOT_UTF8";

/** A manifest, or a file that should go into one, breaks a rule; the message says what to do about it. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly code: ManifestErrorCode;
  /** The path that breaks the rule, as it was given, where it is one path's fault. */
  readonly path: string | undefined;

  constructor(code: ManifestErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.path = options.path;
  }
}
