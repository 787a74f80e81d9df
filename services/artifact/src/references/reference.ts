import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type Reference,
  ReferenceSchema,
  ReferenceState,
} from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";

/** How long a claim waits for its holder to exist. */
const PENDING_LIFETIME_MS = 60 * 60 * 1000;

/** A claim whose holder is about to exist; made again, it begins its hour anew. */
export function pendingReference(artifact: string, holderUid: string, nowMs: number): Reference {
  return create(ReferenceSchema, {
    artifact,
    holderUid,
    state: ReferenceState.PENDING,
    createTime: timestampFromMs(nowMs),
    expireTime: timestampFromMs(nowMs + PENDING_LIFETIME_MS),
  });
}

/** The claim of a holder that exists. */
export function confirmedReference({ expireTime: _lapsed, ...reference }: Reference): Reference {
  return create(ReferenceSchema, { ...reference, state: ReferenceState.CONFIRMED });
}

/** A pending claim past its hour counts for nothing. */
export function isLive({ expireTime }: Reference, nowMs: number): boolean {
  return expireTime === undefined || timestampMs(expireTime) > nowMs;
}
