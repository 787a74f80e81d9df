import { createHash } from "node:crypto";

/**
 * The gear table of the cutter: a random 32-bit number for each value of a byte. Number `n` is the first four bytes,
 * big-endian, of the SHA-256 of the text `slipway-gear-v1 <n>`, so that any program can make the same table and find
 * the same cuts. Changing it would store everything again.
 */
export const GEAR: Int32Array = Int32Array.from({ length: 256 }, (_, n) =>
  createHash("sha256").update(`slipway-gear-v1 ${n}`).digest().readInt32BE(0),
);
