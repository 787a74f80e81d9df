import type { Clock } from "@slipway/runtime";
import type { Db } from "mongodb";
import { ENTRIES, ORDER_ID } from "./layout.ts";
import { isAnswer, isAway } from "./mongo-failure.ts";

/** Room for 1,024 documents in each millisecond; more borrow from the next one. */
const KEYS_PER_MS = 1024;

interface Waiting {
  count: number;
  resolve(first: number): void;
  reject(error: unknown): void;
}

/**
 * Order keys: milliseconds × 1,024 + n from one counter of the database, so that they are unique over all tenants,
 * collections and processes, and never go back, even when a clock does. They are taken after a commit was asked for, so a
 * document that was acknowledged before another one was begun has a lower key, whoever wrote them. What is asked for
 * while a request is on its way travels together in the next one.
 *
 * The counter need not be durable by itself: a transaction that uses its keys stands behind it in the oplog, so whatever
 * loses the one has lost the other.
 */
export class OrderKeys {
  readonly #database: Db;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #travelling = false;

  constructor(database: Db, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The first of `count` keys in a row. */
  take(count: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ count, resolve, reject });
      if (!this.#travelling) void this.#travel();
    });
  }

  async #travel(): Promise<void> {
    this.#travelling = true;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting;
      this.#waiting = [];
      try {
        let first = await this.#reserve(asked.reduce((sum, { count }) => sum + count, 0));
        for (const { count, resolve } of asked) {
          resolve(first);
          first += count;
        }
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#travelling = false;
  }

  /**
   * Sent as a plain command, which costs the server a fifth less than one that the driver could retry. Where the reply
   * is lost, the keys are too, and others are taken.
   */
  async #reserve(count: number): Promise<number> {
    const earliest = this.#clock.nowMs() * KEYS_PER_MS;
    const command = {
      findAndModify: ENTRIES,
      query: { _id: ORDER_ID },
      update: [{ $set: { next: { $add: [{ $max: ["$next", earliest] }, count] } } }],
      upsert: true,
      new: true,
      writeConcern: { w: 1 },
    };
    const reply = await this.#database.command(command).catch((error: unknown) => {
      if (isAnswer(error) || isAway(error)) throw error;
      return this.#database.command(command);
    });
    return Number(reply.value.next) - count;
  }
}
