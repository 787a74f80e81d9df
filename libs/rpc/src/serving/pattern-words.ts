/**
 * What a text must look like, for each regular expression of the proto files: clients read words, not expressions. Keys
 * are the expressions, word for word; a test finds those that are missing.
 */
export const PATTERN_WORDS: Readonly<Record<string, string>> = {
  "^slipway\\.[a-z-]+\\.[a-z_]+$": "is not a type of event, which looks like slipway.version.created",
  "^[0-9a-f]{64}$": "is not a SHA-256 of 64 lower-case hexadecimal digits",
  "^[a-z][a-z0-9-]{0,62}$": "must begin with a lower-case letter and have 1 to 63 of a-z, 0-9 and -",
  "^[a-z][a-z0-9_-]*$": "must begin with a lower-case letter, with only a-z, 0-9, _ and - behind it",
  "^[A-Za-z][A-Za-z0-9_.@/-]{0,63}$": "must begin with a letter and have 1 to 64 letters, digits, _, -, ., / and @",
  "^(description|author|labels|tags\\.[\\s\\S]{1,128})$": "must be description, author, labels or tags.<key>",
  "^https?://": "must begin with http:// or https://",
  "\\S": "must have more than spaces",
  "^[^\\x00-\\x1f\\x7f-\\x9f]*$": "must have no control characters",
  "^[A-Za-z0-9-]{1,128}$": "must have 1 to 128 of A-Z, a-z, 0-9 and -",
  "^[^\\r\\n]*$": "must be a single line",
};

/** What protovalidate says of a broken pattern, put into words. */
export function inWords(message: string): string {
  const [, pattern = ""] = /regex pattern `(.*)`$/s.exec(message) ?? [];
  return PATTERN_WORDS[pattern] ?? message;
}
