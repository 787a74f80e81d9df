/** The command line is wrong; the message says what to write instead. Ends with EXIT.USAGE. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
