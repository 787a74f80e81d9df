import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Reference } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { UNREFERENCED_LIFETIME_MS } from "../artifacts/artifact.ts";

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
