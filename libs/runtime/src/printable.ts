const CONTROLS = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text from elsewhere, made harmless for terminals and logs: control, zero-width and bidirectional-control characters
 * become escapes such as `\u{0}`.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
