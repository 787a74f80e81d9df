import type { AcrossTenants, DocumentKey, DocumentStore, JsonObject, StoredDocument, Write } from "@slipway/documents";
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

/** Tenants whose last position is remembered from one batch to the next. */
const POSITIONS_KEPT = 10_000;

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

/** Numbers the events of one database, for one sequencer. */
export class Numbering {
  readonly #options: NumberingOptions;
  /** What the last commit of this sequencer left; another one's commit shows when the next of ours is refused. */
  #left: Counts | undefined;

  constructor(options: NumberingOptions) {
    this.#options = options;
  }

  /**
   * Numbers the next events. The lease is taken or extended by the same commit, which replaces the state that was read:
   * of two sequencers one is refused, and so is one that was frozen for longer than its lease.
   */
  async next(): Promise<Numbered> {
    const { documents, acrossTenants, clock, ids, holder, leaseMs } = this.#options;
    const { documents: pending } = await pendingEvents(acrossTenants, EVENTS_PER_BATCH);
    if (pending.length === 0) return { result: "IDLE" };
    const isRemembered = this.#left !== undefined;
    const { stored, positions } = await this.#counts(pending);
    const state = withLease(stored.state, holder, clock.nowMs(), leaseMs);
    if (!state) return { result: "ELSEWHERE" };
    const numbered = pending.map((event) => numberOne(event, state, positions));
    const changed = new Set(pending.map(({ key }) => key.tenant));
    const writes = [
      stateWrite(stored.revision, state),
      ...positionWrites([...positions].filter(([tenantUid]) => changed.has(tenantUid))),
      ...numbered,
    ];
    faultPoint("events.numbering" satisfies EventFaultPoint);
    const outcome = await documents.commit(writes, ids.uid());
    faultPoint("events.numbered" satisfies EventFaultPoint);
    // What was remembered may be old; what is read now is not.
    if (!outcome.committed) return isRemembered ? this.next() : { result: "ELSEWHERE" };
    for (const tenantUid of changed) (positions.get(tenantUid) as LastPosition).revision += 1;
    if (positions.size <= POSITIONS_KEPT) this.#left = { stored: { revision: stored.revision + 1, state }, positions };
    return { result: "NUMBERED", events: numbered.map(({ body }) => eventOf(body)) };
  }

  /** Gives the lease back, so that the next sequencer need not wait for its end. */
  async releaseLease(): Promise<void> {
    const { documents, ids, holder } = this.#options;
    const { revision, state } = await this.#state();
    if (state.holder !== holder) return;
    await documents.commit([stateWrite(revision, { ...state, expiresMs: 0 })], ids.uid());
  }

  /** The counts as this sequencer left them, else as they are stored; nobody's commit but the next one may use them. */
  async #counts(pending: readonly StoredDocument[]): Promise<Counts> {
    const left = this.#left;
    this.#left = undefined;
    const positions = left?.positions ?? new Map<string, LastPosition>();
    const unknown = [...new Set(pending.map(({ key }) => key.tenant))].filter((tenant) => !positions.has(tenant));
    const stored = left?.stored ?? (await this.#state());
    for (const [index, found] of (await this.#options.documents.getMany(unknown.map(positionKey))).entries()) {
      const last = { revision: found?.revision ?? 0, position: Number(found?.body.position ?? 0) };
      positions.set(unknown[index] as string, last);
    }
    return { stored, positions };
  }

  async #state(): Promise<StoredState> {
    const stored = await this.#options.documents.get(stateKey);
    return stored ? { revision: stored.revision, state: stateOf(stored.body) } : { revision: 0, state: firstState };
  }
}

interface StoredState {
  /** 0 before the first. */
  revision: number;
  state: SequencerState;
}

interface Counts {
  stored: StoredState;
  /** By uid of the tenant. */
  positions: Map<string, LastPosition>;
}

interface LastPosition {
  /** 0 before the first. */
  revision: number;
  position: number;
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

function stateWrite(revision: number, state: SequencerState): Write {
  return write(stateKey, revision, bodyOf(state));
}

function positionWrites(positions: readonly [tenantUid: string, LastPosition][]): Write[] {
  return positions.map(([tenantUid, { revision, position }]) => write(positionKey(tenantUid), revision, { position }));
}

function write(key: DocumentKey, revision: number, body: JsonObject): Write {
  return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
}
