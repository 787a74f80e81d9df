import type { Clock } from "@slipway/runtime";

/** Stands still until somebody moves it, so that two worlds record the same times. */
export class VirtualClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 1);

  nowMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
