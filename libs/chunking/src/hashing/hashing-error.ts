/** Cutting or hashing failed for a reason that lies neither in the bytes nor in their source. Try again. */
export class HashingError extends Error {
  override readonly name = "HashingError";
  /** The system's code (`ENOENT`, …) when a file could not be read. */
  readonly code: string | undefined;

  constructor(message: string, options: { cause?: unknown; code?: string | undefined } = {}) {
    super(message, options);
    this.code = options.code;
  }
}
