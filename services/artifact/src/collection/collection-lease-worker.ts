import type { DocumentStore, Write } from "@slipway/documents";
import { CommitConflict, commitOrThrow } from "@slipway/resources";
import type { Clock, Ids } from "@slipway/runtime";
import type { CollectionRound } from "./collection-round.ts";
import { type CollectionState, leased, needsRenewal } from "./collection-state.ts";
import type { CollectionStateStore } from "./collection-state-store.ts";

/** Another collector has taken this one's place; nothing of the commit was written. */
export class CollectionTakenOver extends Error {
  override readonly name = "CollectionTakenOver";
}

export interface CollectionLeaseParts {
  documents: DocumentStore;
  clock: Clock;
  ids: Ids;
  states: CollectionStateStore;
}

/**
 * The right to collect in one tenant. Every commit of the collector holds only while nobody else has taken it, so that a
 * collector that was frozen writes nothing late. Its calls come one after the other.
 */
export class CollectionLease {
  readonly tenantUid: string;
  readonly #parts: CollectionLeaseParts;
  #state: CollectionState;
  #revision: number;

  private constructor(parts: CollectionLeaseParts, tenantUid: string, state: CollectionState, revision: number) {
    this.#parts = parts;
    this.tenantUid = tenantUid;
    this.#state = state;
    this.#revision = revision;
  }

  /** Undefined while somebody else collects. Each lease begins an epoch. */
  static async take(parts: CollectionLeaseParts, tenantUid: string): Promise<CollectionLease | undefined> {
    const { documents, clock, ids, states } = parts;
    const { state, revision } = await states.get(tenantUid);
    const taken = leased(state, ids.uid(), clock.nowMs());
    if (taken === undefined) return undefined;
    const next = { ...taken, epoch: state.epoch + 1 };
    const outcome = await documents.commit([states.write(tenantUid, revision, next)], ids.uid());
    return outcome.committed ? new CollectionLease(parts, tenantUid, next, outcome.revisions[0] as number) : undefined;
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  /** Fails with CollectionTakenOver, and with CommitConflict, whose index counts these writes. At most 999. */
  async commit(writes: Write[]): Promise<number[]> {
    const { documents, ids, states } = this.#parts;
    const outcome = await documents.commit([states.checkWrite(this.tenantUid, this.#revision), ...writes], ids.uid());
    if (outcome.committed) return outcome.revisions.slice(1);
    if (outcome.failedWrite === 0) throw new CollectionTakenOver();
    throw new CommitConflict(outcome.failedWrite - 1, outcome.reason);
  }

  /**
   * Commits the writes of all items at once, one for each, without those that somebody else changed meanwhile; `beside` are
   * the writes that go with what is left. Returns what was written.
   */
  async commitMost<Item>(
    items: readonly Item[],
    writeOf: (item: Item) => Write,
    beside: (items: readonly Item[]) => Write[],
  ): Promise<readonly Item[]> {
    let left = items;
    while (left.length > 0) {
      try {
        await this.commit([...left.map(writeOf), ...beside(left)]);
        return left;
      } catch (error) {
        if (!(error instanceof CommitConflict) || error.failedWrite >= left.length) throw error;
        left = left.toSpliced(error.failedWrite, 1);
      }
    }
    return left;
  }

  /** The look at everything that is under way. */
  get round(): CollectionRound | undefined {
    return this.#state.round;
  }

  /** When the next look at everything begins. */
  get nextRoundMs(): number {
    return this.#state.nextRoundMs;
  }

  /** Notes how far the look at everything has come; undefined: to its end. */
  async noteRound(round: CollectionRound | undefined, nextRoundMs: number): Promise<void> {
    const { round: _before, ...state } = this.#state;
    await this.#write({ ...state, nextRoundMs, ...(round && { round }) });
  }

  /** To be called between pieces of work that take less than two minutes. */
  async renew(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    if (!needsRenewal(this.#state, nowMs)) return;
    const renewed = leased(this.#state, this.#state.owner, nowMs);
    if (renewed !== undefined) await this.#write(renewed);
  }

  /** Lets others collect; the tenant is looked at again at `dueMs`. */
  async end(dueMs: number): Promise<void> {
    await this.#write({ ...this.#state, owner: "", leaseUntilMs: 0, dueMs });
  }

  async #write(state: CollectionState): Promise<void> {
    const { documents, ids, states } = this.#parts;
    try {
      const write = states.write(this.tenantUid, this.#revision, state);
      const [revision] = await commitOrThrow(documents, ids, [write]);
      this.#revision = revision as number;
      this.#state = state;
    } catch (error) {
      if (error instanceof CommitConflict) throw new CollectionTakenOver();
      throw error;
    }
  }
}
