import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Key } from "@slipway/gen/slipway/access/v1/access_pb.js";
import { fail } from "@slipway/rpc";

/** Where the secrets of keys come from; injected like clock and ids. */
export type RandomBytes = (count: number) => Buffer;

export const systemRandomBytes: RandomBytes = randomBytes;

/** A new key: its id (128 bits, so that nobody guesses which exist) and the whole `slw_{id}_{secret}` (256 bits). */
export function mintKey(random: RandomBytes): { id: string; secret: string } {
  const id = random(16).toString("hex");
  return { id, secret: `slw_${id}_${random(32).toString("base64url")}` };
}

/** What is stored of a secret. A secret of 256 random bits needs no slow hash. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Refuses a secret that is not that of the stored key with KEY_UNKNOWN, and a lapsed one with its own reason. */
export function checkKey(key: Key, storedHash: string, secret: string, nowMs: number): void {
  const given = Buffer.from(hashSecret(secret), "hex");
  if (!timingSafeEqual(given, Buffer.from(storedHash, "hex"))) throw fail("KEY_UNKNOWN");
  if (key.revokeTime !== undefined) throw fail("KEY_REVOKED");
  if (key.expireTime !== undefined && timestampMs(key.expireTime) <= nowMs) {
    throw fail("KEY_EXPIRED", { expire_time: new Date(timestampMs(key.expireTime)).toISOString() });
  }
}
