/**
 * Tokens for the inverted index. FTS5 folds case and splits at punctuation, so a term is encoded in `[0-9a-z]`: digits
 * and a–y stand for themselves, every other byte of the UTF-8 form becomes `z` and two hex digits. A prefix of a term
 * stays a prefix of its token. The scope comes first, so that no token of one tenant can match another's.
 */

/** The token of one term within a scope. */
export function termToken(scopeId: number, term: string): string {
  return `${scopeId}zz${encode(term)}`;
}

/** The token that every document of a scope has: what NOT is a complement of. */
export function everyToken(scopeId: number): string {
  return `${scopeId}zy`;
}

const plain = /^[0-9a-y]*$/;

function encode(term: string): string {
  if (plain.test(term)) return term;
  let token = "";
  for (const byte of Buffer.from(term, "utf8")) token += tokenOfByte[byte];
  return token;
}

const tokenOfByte = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return plain.test(character) ? character : `z${byte.toString(16).padStart(2, "0")}`;
});
