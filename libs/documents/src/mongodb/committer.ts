import { faultPoint, sleep } from "@slipway/runtime";
import type { ClientSession, MongoClient } from "mongodb";
import type { Collections } from "../collections.ts";
import type { CommitOutcome } from "../document-store.ts";
import { DocumentStoreError } from "../document-store.ts";
import type { DocumentFaultPoint } from "../fault-points.ts";
import type { PreparedCommit } from "../prepared-commit.ts";
import type { AbandonedTransactions } from "./abandoned-transactions.ts";
import { commitOperations, needsOrder, outcomeOf, rememberOutcome } from "./commit-operations.ts";
import type { Formats } from "./formats.ts";
import { type Found, judge } from "./judge.ts";
import type { KnownOrders } from "./known-orders.ts";
import { type Entries, entryId, outcomeId } from "./layout.ts";
import { isAnswer, isAway, isDuplicateKey, isImmutableField, isTransient, isUnknownResult } from "./mongo-failure.ts";
import type { OrderKeys } from "./order-keys.ts";

/** For how long a commit that meets others in its way, or whose result is unknown, is tried again. */
const PATIENCE_MS = 10_000;
/** From here on what is in the way is not just another commit. */
const STUCK_MS = 300;
const LOST_CONNECTIONS = 2;
const LONGEST_PAUSE_MS = 20;

const TRANSACTION = {
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority", journal: true },
  readPreference: "primary",
} as const;

export interface CommitterParts {
  client: MongoClient;
  entries: Entries;
  collections: Collections;
  formats: Formats;
  orders: OrderKeys;
  known: KnownOrders;
  abandoned: AbandonedTransactions;
}

/**
 * Carries out commits, each group in one transaction. The conditions are part of what the writes look for: where all
 * hold, nothing needs to be read. Where one does not, the group is undone, and each of its commits is judged alone.
 */
export class Committer {
  readonly #parts: CommitterParts;
  /** The last of the commits that take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /**
   * One result for each request. What one of them changes no other may touch.
   * @throws MongoError where the server is away or what became of all of them is unknown
   */
  async run(requests: PreparedCommit[]): Promise<PromiseSettledResult<CommitOutcome>[]> {
    if (requests.length > 1) {
      const done = await this.#attempt(requests).catch((error: unknown) => {
        if (isAway(error) || isUnknownResult(error)) throw error;
        // What ails one of the group, such as its size or another commit in its way, is found when each is tried alone.
        return false;
      });
      if (done) return requests.map((request) => ({ status: "fulfilled", value: outcomeOf(request) }));
    }
    return Promise.allSettled(requests.map((request) => this.#runOne(request)));
  }

  async #runOne(request: PreparedCommit): Promise<CommitOutcome> {
    const startMs = performance.now();
    let lost = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const isStuck = performance.now() - startMs > STUCK_MS;
        const done = isStuck ? await this.#inTurn(() => this.#attempt([request])) : await this.#attempt([request]);
        if (done) return outcomeOf(request);
        const outcome = await this.#judge(request);
        if (outcome) return outcome;
      } catch (error) {
        if (!isTransient(error) || isAway(error)) throw error;
        if (!isAnswer(error)) lost += 1;
        if (lost > LOST_CONNECTIONS || performance.now() - startMs > PATIENCE_MS) throw error;
      }
      if (performance.now() - startMs > PATIENCE_MS) {
        throw new DocumentStoreError("UNAVAILABLE", "other commits to the same documents are in the way for too long");
      }
      if (performance.now() - startMs > STUCK_MS) await this.#parts.abandoned.end();
      await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
    }
  }

  /** Large commits that push each other out of the server's cache succeed one at a time. */
  #inTurn<Value>(attempt: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(attempt);
    this.#turn = turn.catch(noValue);
    return turn;
  }

  /** False where a condition does not hold, or a commit has been here before; then nothing was written. */
  async #attempt(requests: PreparedCommit[]): Promise<boolean> {
    const { entries, formats, known, orders } = this.#parts;
    const writes = requests.flatMap((request) => request.writes);
    await this.#lookUpOrders(writes.filter(needsOrder).map(entryId));
    const inserts = writes.filter(({ kind }) => kind === "insert");
    const firstOrder = inserts.length === 0 ? 0 : await orders.take(inserts.length);
    const wanted = commitOperations(requests, firstOrder, {
      formatOf: (collection) => this.#parts.collections.get(collection).formatVersion,
      orderOf: (id) => known.get(id),
      generation: formats.generation,
    });
    const committed = await this.#inTransaction(async (session) => {
      try {
        const result = await entries.bulkWrite(wanted.operations, { session });
        const { matchedCount, upsertedCount, deletedCount } = result;
        return matchedCount === wanted.matched && upsertedCount === wanted.inserted && deletedCount === wanted.deleted;
      } catch (error) {
        if (isDuplicateKey(error) || isImmutableField(error)) return false;
        throw error;
      }
    });
    if (committed) for (const [index, write] of inserts.entries()) known.set(entryId(write), firstOrder + index);
    return committed;
  }

  /**
   * Works out, at one point in time, what becomes of a commit that could not be carried out as it is. Undefined where
   * nothing is in its way any more.
   */
  async #judge(request: PreparedCommit): Promise<CommitOutcome | undefined> {
    const { entries, formats, known } = this.#parts;
    await formats.refresh();
    let outcome: CommitOutcome | undefined;
    await this.#inTransaction(async (session) => {
      const ids = [outcomeId(request.commitId), ...request.writes.map(entryId)];
      const projection = { b: 0, x: 0, X: 0, v: 0 };
      const found = new Map<string, Found>();
      for await (const entry of entries.find({ _id: { $in: ids } }, { session, projection }))
        found.set(entry._id, entry);
      for (const [id, { o }] of found) if (o !== undefined) known.set(id, o);
      const formatOf = (collection: string) => this.#parts.collections.get(collection).formatVersion;
      const judgement = judge(request, found, formatOf);
      outcome = judgement?.outcome;
      if (judgement === undefined) return false;
      // Also where nothing is written: until it commits, what a transaction has read may not be safe from a failover.
      if (judgement.remembered) return true;
      const { commitId, fingerprint } = request;
      await entries.bulkWrite([rememberOutcome(commitId, fingerprint, judgement.outcome)], { session });
      return true;
    });
    return outcome;
  }

  async #lookUpOrders(ids: string[]): Promise<void> {
    const { entries, known } = this.#parts;
    const unknown = ids.filter((id) => known.get(id) === undefined);
    if (unknown.length === 0) return;
    const readConcern = { level: "majority" } as const;
    const found = entries.find({ _id: { $in: unknown } }, { projection: { o: 1 }, readConcern });
    for await (const { _id, o } of found) known.set(_id, Number(o));
  }

  /** Commits where `work` says so, else undoes everything; returns which. */
  async #inTransaction(work: (session: ClientSession) => Promise<boolean>): Promise<boolean> {
    const session = this.#parts.client.startSession();
    try {
      session.startTransaction(TRANSACTION);
      const wanted = await work(session);
      if (wanted) {
        faultPoint("documents.written" satisfies DocumentFaultPoint);
        await commitTransaction(session);
        faultPoint("documents.committed" satisfies DocumentFaultPoint);
      }
      return wanted;
    } finally {
      // Undoes a transaction that was not committed.
      await session.endSession();
    }
  }
}

function noValue(): void {}

/** Asks again while the result is unknown, which changes nothing where it has been committed. */
async function commitTransaction(session: ClientSession): Promise<void> {
  const startMs = performance.now();
  let lost = 0;
  for (;;) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (!isAnswer(error)) lost += 1;
      const impatient = lost > LOST_CONNECTIONS || performance.now() - startMs > PATIENCE_MS;
      if (impatient || !isUnknownResult(error)) throw error;
    }
  }
}
