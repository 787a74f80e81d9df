import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Reference } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { type ArtifactRecord, UNREFERENCED_LIFETIME_MS } from "../artifacts/artifact.ts";

/** What becomes of an artifact whose time is over. */
export type Expiry =
  /** A confirmed reference holds it, until it is released. */
  | { kind: "HELD" }
  /** It is looked at again then. */
  | { kind: "KEPT"; untilMs: number }
  | { kind: "OVER" };

/**
 * Decides by the reference that holds it longest. A claim that is pending, or lapsed without a word of its holder, may
 * still be confirmed by an event that comes late: the artifact outlives it by a day.
 */
export function expiryOf(longest: Reference | undefined, nowMs: number): Expiry {
  if (longest === undefined) return { kind: "OVER" };
  if (longest.expireTime === undefined) return { kind: "HELD" };
  const untilMs = timestampMs(longest.expireTime) + UNREFERENCED_LIFETIME_MS;
  return untilMs > nowMs ? { kind: "KEPT", untilMs } : { kind: "OVER" };
}

/** The artifact with a note of what holds it, which also takes the mark of the collector off. */
export function noted(record: ArtifactRecord, expiry: Exclude<Expiry, { kind: "OVER" }>): ArtifactRecord {
  const kept = { ...record, isCondemned: false };
  return expiry.kind === "HELD" ? { ...kept, isHeld: true } : { ...kept, keepUntilMs: expiry.untilMs };
}
