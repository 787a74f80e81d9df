import type { CollectionRound } from "./collection-round.ts";

/** Where the collection of one tenant stands. */
export interface CollectionState {
  /** Counts up whenever something was condemned. */
  epoch: number;
  /** Who collects, until when unless they renew it. */
  owner: string;
  leaseUntilMs: number;
  /** When the tenant is to be looked at without anybody asking. */
  dueMs: number;
  /** When the next look at everything begins. */
  nextRoundMs: number;
  /** The look at everything that is under way. */
  round?: CollectionRound;
}

/** The state of a tenant that was never looked at. */
export const FIRST_STATE: CollectionState = { epoch: 0, owner: "", leaseUntilMs: 0, dueMs: 0, nextRoundMs: 0 };

/** How long a collector may be silent before another one takes its place: longer than any of its steps takes. */
const LEASE_MS = 5 * 60 * 1000;

/** How much of the lease is left when it is renewed. */
const RENEW_MS = 3 * 60 * 1000;

/** The state with a lease; undefined while somebody else has one. */
export function leased(state: CollectionState, owner: string, nowMs: number): CollectionState | undefined {
  // One that ends later than any would, even by a clock that is ahead, comes from a clock that was set back meanwhile.
  const isTaken = state.owner !== owner && state.leaseUntilMs > nowMs && state.leaseUntilMs <= nowMs + 2 * LEASE_MS;
  return isTaken ? undefined : { ...state, owner, leaseUntilMs: nowMs + LEASE_MS };
}

export function needsRenewal({ leaseUntilMs }: CollectionState, nowMs: number): boolean {
  return leaseUntilMs - nowMs < RENEW_MS;
}
