import { type CollectionDefinition, type DocumentKey, type JsonObject, PLATFORM } from "@slipway/documents";

/** The sequencer's documents: one with the lease and the last sequence, and one per tenant with its last position. */
export const sequencerCollection: CollectionDefinition = {
  name: "sequencer",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

export const stateKey: DocumentKey = { tenant: PLATFORM, collection: sequencerCollection.name, id: "state" };

export function positionKey(tenantUid: string): DocumentKey {
  return { tenant: tenantUid, collection: sequencerCollection.name, id: "position" };
}

/** Who numbers the events of a database, until when, and how far it is. */
export interface SequencerState {
  holder: string;
  /** Grows with each change of holder. */
  fencingToken: number;
  expiresMs: number;
  /** The last sequence that was given. */
  sequence: number;
}

export const firstState: SequencerState = { holder: "", fencingToken: 0, expiresMs: 0, sequence: 0 };

export function stateOf(body: JsonObject): SequencerState {
  const { holder, fencingToken, expiresMs, sequence } = body;
  return {
    holder: String(holder),
    fencingToken: Number(fencingToken),
    expiresMs: Number(expiresMs),
    sequence: Number(sequence),
  };
}

export function bodyOf(state: SequencerState): JsonObject {
  return { ...state };
}

/** The state with the lease taken or extended; undefined while another holds it. */
export function withLease(
  state: SequencerState,
  holder: string,
  nowMs: number,
  leaseMs: number,
): SequencerState | undefined {
  const held = state.expiresMs > nowMs;
  if (held && state.holder !== holder) return undefined;
  const fencingToken = held ? state.fencingToken : state.fencingToken + 1;
  return { ...state, holder, fencingToken, expiresMs: nowMs + leaseMs };
}
