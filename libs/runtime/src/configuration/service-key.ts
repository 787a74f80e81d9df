/** What the services' common secret must hold; the length of what it is hashed to. */
const LEAST_BITS = 256;

/** Why a text cannot be the secret that the services show each other, in words; undefined when it can. */
export function serviceKeyProblem(key: string): string | undefined {
  const remedy = "Make one with: openssl rand -hex 32";
  if (!/^[\x21-\x7e]+$/.test(key)) return `has characters that no header can carry. ${remedy}`;
  if (key.startsWith("slw_")) return `has the form of a key of a principal, which would be mistaken for one. ${remedy}`;
  const bitsPerCharacter = /^[0-9a-f]+$/i.test(key) ? 4 : 6;
  if (key.length * bitsPerCharacter < LEAST_BITS) return `is too short to hold ${LEAST_BITS} bits. ${remedy}`;
  return undefined;
}
