import { type Logger, WakeSignal } from "@slipway/runtime";

/** While the store serves, a look at it costs a request; calls that fail ask for one at once. */
const LOOK_MS = 10_000;
/** While it does not, so that work resumes soon. */
const LOOK_AGAIN_MS = 500;

export interface AvailabilityOptions {
  /** Resolves when the store serves; the words are for operators. `isAway`: no call can succeed. */
  look(): Promise<{ missing?: string; isAway?: boolean }>;
  log: Logger;
}

/** Knows whether the store serves, by looking at it in the background. */
export class Availability {
  readonly #look: AvailabilityOptions["look"];
  readonly #log: Logger;
  readonly #signal = new WakeSignal();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #missing: string | undefined = "the object store has not answered yet";
  #isAway = false;

  constructor({ look, log }: AvailabilityOptions) {
    this.#look = look;
    this.#log = log;
    this.#running = this.#run();
  }

  /** What is missing, or undefined when the store serves. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** True when the last look found nobody there: calls would only wait. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** A call could not reach the store. */
  suspect(): void {
    this.#signal.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    while (!stopping.aborted) {
      const { missing, isAway = false } = await this.#look();
      if (stopping.aborted) return;
      if (missing !== this.#missing) this.#report(missing);
      this.#missing = missing;
      this.#isAway = isAway;
      await this.#signal.wait(missing === undefined ? LOOK_MS : LOOK_AGAIN_MS, stopping);
    }
  }

  #report(missing: string | undefined): void {
    if (missing === undefined) this.#log.info({}, "the object store serves");
    else this.#log.warn({ missing }, "the object store does not serve");
  }
}
