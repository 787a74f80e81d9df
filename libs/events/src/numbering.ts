import type { AcrossTenants, DocumentStore, StoredDocument, Write } from "@slipway/documents";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { type Clock, faultPoint, type Ids } from "@slipway/runtime";
import { pendingEvents } from "./across-tenants.ts";
import { eventOf, numberedBody } from "./event-record.ts";
import type { EventFaultPoint } from "./fault-points.ts";
import {
  bodyOf,
  firstState,
  positionKey,
  type SequencerState,
  stateKey,
  stateOf,
  withLease,
} from "./sequencer-state.ts";

/**
 * A commit has at most 1,000 writes: one per event, one per tenant (at most one for each event) and the state. A batch
 * holds the write lock for about 40 ms.
 */
const EVENTS_PER_BATCH = 400;

export interface NumberingOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  clock: Clock;
  ids: Ids;
  /** Different for every sequencer that ever runs. */
  holder: string;
  leaseMs: number;
}

/** Idle: nothing to number. Elsewhere: another sequencer holds the lease or was faster. */
export type Numbered = { result: "NUMBERED"; events: Event[] } | { result: "IDLE" | "ELSEWHERE" };

/**
 * Numbers the next events. The lease is taken or extended by the same commit, which replaces the state that was read: of
 * two sequencers one is refused, and so is one that was frozen for longer than its lease.
 */
export async function numberNext(options: NumberingOptions): Promise<Numbered> {
  const { documents, acrossTenants, clock, ids } = options;
  const { documents: pending } = await pendingEvents(acrossTenants, EVENTS_PER_BATCH);
  if (pending.length === 0) return { result: "IDLE" };
  const stored = await documents.get(stateKey);
  const state = withLease(stored ? stateOf(stored.body) : firstState, options.holder, clock.nowMs(), options.leaseMs);
  if (!state) return { result: "ELSEWHERE" };
  const positions = await lastPositions(documents, pending);
  const numbered = pending.map((event) => numberOne(event, state, positions));
  const writes = [stateWrite(stored, state), ...positionWrites(positions), ...numbered];
  faultPoint("events.numbering" satisfies EventFaultPoint);
  const outcome = await documents.commit(writes, ids.uid());
  faultPoint("events.numbered" satisfies EventFaultPoint);
  if (!outcome.committed) return { result: "ELSEWHERE" };
  return { result: "NUMBERED", events: numbered.map(({ body }) => eventOf(body)) };
}

/** Gives the lease back, so that the next sequencer need not wait for its end. */
export async function releaseLease({ documents, ids, holder }: NumberingOptions): Promise<void> {
  const stored = await documents.get(stateKey);
  if (!stored) return;
  const state = stateOf(stored.body);
  if (state.holder !== holder) return;
  await documents.commit([stateWrite(stored, { ...state, expiresMs: 0 })], ids.uid());
}

interface LastPosition {
  tenantUid: string;
  revision: number;
  position: number;
}

async function lastPositions(documents: DocumentStore, pending: StoredDocument[]): Promise<Map<string, LastPosition>> {
  const tenants = [...new Set(pending.map(({ key }) => key.tenant))];
  const stored = await documents.getMany(tenants.map(positionKey));
  return new Map(
    tenants.map((tenantUid, index) => {
      const found = stored[index];
      return [tenantUid, { tenantUid, revision: found?.revision ?? 0, position: Number(found?.body.position ?? 0) }];
    }),
  );
}

function numberOne(
  { key, revision, body }: StoredDocument,
  state: SequencerState,
  positions: Map<string, LastPosition>,
): Extract<Write, { kind: "replace" }> {
  const last = positions.get(key.tenant);
  if (!last) throw new Error("every tenant of the batch has a position");
  state.sequence += 1;
  last.position += 1;
  return { kind: "replace", key, revision, body: numberedBody(body, state.sequence, last.position) };
}

function stateWrite(stored: StoredDocument | undefined, state: SequencerState): Write {
  const body = bodyOf(state);
  return stored
    ? { kind: "replace", key: stateKey, revision: stored.revision, body }
    : { kind: "insert", key: stateKey, body };
}

function positionWrites(positions: Map<string, LastPosition>): Write[] {
  return [...positions.values()].map(({ tenantUid, revision, position }) => {
    const head = { key: positionKey(tenantUid), body: { position } };
    return revision === 0 ? { kind: "insert", ...head } : { kind: "replace", revision, ...head };
  });
}
