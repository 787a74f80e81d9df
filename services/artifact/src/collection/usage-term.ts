/**
 * Digits of a SHA-256 by which its users are found: 80 bits. Two that share them are kept as long as either is used; more
 * would only make the index larger.
 */
const DIGITS = 20;

/** The term under which whatever uses a chunk or a file is found. */
export function usageTerm(sha256: string): string {
  return sha256.slice(0, DIGITS);
}

/** Each term once. */
export function usageTerms(sha256s: readonly string[]): string[] {
  return [...new Set(sha256s.map(usageTerm))];
}
