import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { MEBIBYTE } from "./units.ts";

const ZEROS = Buffer.alloc(MEBIBYTE);

/** Bytes that no earlier run sent and no compression shrinks, in pieces of 1 MiB: AES-CTR of zeros under a new key. */
export function* randomPieces(sizeBytes: number): Generator<Buffer> {
  const cipher = createCipheriv("aes-128-ctr", randomBytes(16), randomBytes(16));
  for (let left = sizeBytes; left > 0; left -= MEBIBYTE) yield cipher.update(ZEROS.subarray(0, left));
}

/** Writes random bytes into a file and tells their SHA-256 in hexadecimal. */
export async function writeRandomFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash("sha256");
  await using file = await open(path, "w");
  for (const piece of randomPieces(sizeBytes)) {
    hash.update(piece);
    await file.writeFile(piece);
  }
  // What is still to be written back would be charged to whoever syncs next.
  await file.datasync();
  return hash.digest("hex");
}

/** Throws where two digests differ. */
export function mustBe(sha256: string, other: string): void {
  if (sha256 !== other) throw new Error(`The bytes arrived damaged: SHA-256 ${other} instead of ${sha256}.`);
}
