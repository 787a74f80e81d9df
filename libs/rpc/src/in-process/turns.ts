import { setImmediate as nextTurn } from "node:timers/promises";

/** Messages between two turns of the event loop. */
const MESSAGES_PER_TURN = 32;

/** Lets the event loop turn now and then: a stream that never waits for I/O must not keep timers from firing. */
export class Turns {
  #count = 0;

  /** For each message; a promise once in 32 times. */
  due(): Promise<void> | undefined {
    this.#count += 1;
    return this.#count % MESSAGES_PER_TURN === 0 ? nextTurn() : undefined;
  }
}
