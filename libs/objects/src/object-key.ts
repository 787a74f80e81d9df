import type { ByteRange } from "./object-store.ts";
import { MAX_OBJECT_BYTES } from "./object-store.ts";
import { ObjectStoreError } from "./object-store-error.ts";

const PART = /^[a-z0-9._-]{1,200}$/;
const PARTIAL_PART = /^[a-z0-9._-]{0,200}$/;
const MAX_KEY_CHARACTERS = 900;

/** Splits a key into its parts; throws INVALID when it breaks a rule of the port. */
export function parseKey(key: string): string[] {
  const parts = key.split("/");
  if (key.length > MAX_KEY_CHARACTERS || parts.length < 2 || !parts.every(isPart)) {
    throw new ObjectStoreError(
      "INVALID",
      `The object key ${quote(key)} is malformed: use the tenant and at least one more part, joined by "/", ` +
        `each of 1 to 200 characters a-z 0-9 . _ -, at most ${MAX_KEY_CHARACTERS} in all.`,
    );
  }
  return parts;
}

/** Splits a prefix into its complete parts and the beginning of the next one; throws INVALID as `parseKey` does. */
export function parsePrefix(prefix: string): { parts: string[]; partial: string } {
  const parts = prefix.split("/");
  const partial = parts.pop() ?? "";
  if (prefix.length > MAX_KEY_CHARACTERS || parts.length < 1 || !parts.every(isPart) || !PARTIAL_PART.test(partial)) {
    throw new ObjectStoreError(
      "INVALID",
      `The prefix ${quote(prefix)} is malformed: give the beginning of a key, at least the tenant and its "/".`,
    );
  }
  return { parts, partial };
}

/** Throws INVALID when the bytes are over the bound of one object. */
export function checkObjectBytes(key: string, bytes: Uint8Array): void {
  if (bytes.byteLength > MAX_OBJECT_BYTES) {
    throw new ObjectStoreError(
      "INVALID",
      `The object ${key} has ${bytes.byteLength} bytes; store it in pieces of at most ${MAX_OBJECT_BYTES}.`,
    );
  }
}

/** The range itself, or the whole object; throws INVALID when the object of `sizeBytes` does not contain it. */
export function resolveRange(key: string, range: ByteRange | undefined, sizeBytes: number): ByteRange {
  if (range === undefined) return { offset: 0, length: sizeBytes };
  const { offset, length } = range;
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!whole || offset + length > sizeBytes) {
    throw new ObjectStoreError(
      "INVALID",
      `The range of ${length} bytes at ${offset} is not inside the object ${key} of ${sizeBytes} bytes.`,
    );
  }
  return range;
}

function isPart(part: string): boolean {
  return PART.test(part) && part !== "." && part !== "..";
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
