import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "@slipway/client";
import { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { Acknowledgements } from "../acknowledgements.ts";
import { Life, type Step } from "../life.ts";
import { seeded } from "../seed.ts";
import type { FaultyRegistry } from "./faulty-registry.ts";

/**
 * How long a person goes on saying the same command: everything has to be well again by then. A run whose worker dies
 * waits for the end of its lease, and the next worker may be killed with it as well.
 */
const PATIENCE_MS = 300_000;
/** Pauses between a command and the same again. */
const FIRST_PAUSE_MS = 100;
const LONGEST_RETRY_MS = 2_000;
/** Between two commands of a person, so that a test makes hundreds of versions, not thousands. */
const LONGEST_REST_MS = 600;
const WEIGHTS_BYTES = 300_000;

/** Lives side by side, each with a model of its own, whose people say a command again when a server was away. */
export class Fleet {
  readonly lives: readonly Life[];
  readonly acknowledgements = new Acknowledgements();
  /** Pushes that were begun. */
  pushes = 0;
  /** Commands that were said again. */
  retried = 0;
  readonly #connections: readonly Connection[];
  #running: Promise<unknown> = Promise.resolve();
  #failure: { error: unknown } | undefined;
  readonly #failed = Promise.withResolvers<never>();
  #ending = false;
  #nextBytes = WEIGHTS_BYTES;

  constructor(registry: FaultyRegistry, folder: string, size: number) {
    const names = Array.from({ length: size }, (_, index) => `fleet-${index + 1}`);
    this.lives = names.map((name) => new Life(join(folder, name), name, PATIENCE_MS));
    this.#connections = this.lives.map(() => registry.connect((transport) => this.acknowledgements.over(transport)));
  }

  begin(): void {
    const living = this.lives.map(async (life, index) => {
      try {
        await this.#live(life, this.#connections[index] as Connection);
      } catch (error) {
        this.#failure ??= { error };
        this.#failed.reject(error);
      }
    });
    this.#failed.promise.catch(() => undefined);
    this.#running = Promise.all(living);
  }

  /** Versions whose admission was waited for to its end. */
  get published(): number {
    return this.lives.reduce((sum, { kept, purged }) => sum + kept.size + purged.size, 0);
  }

  /** Waits for so many more of them; fails with what has failed. */
  async more(count: number): Promise<void> {
    const wanted = this.published + count;
    await until(`${count} more versions are published`, () => this.#failure !== undefined || this.published >= wanted);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits for what the fleet has to bring about; fails as soon as one of its people has given up. */
  orFailure<T>(awaited: Promise<T>): Promise<T> {
    return Promise.race([awaited, this.#failed.promise]);
  }

  /** Whoever begins a round next pushes weights of this size in it. */
  enlargeNext(weightsBytes: number): void {
    this.#nextBytes = weightsBytes;
  }

  /** Ends after the round that is under way; fails with what has failed. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#running;
    for (const connection of this.#connections) connection.close();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends it at once, whatever is under way. */
  async abandon(): Promise<void> {
    this.#failure ??= { error: new Error("the fleet was abandoned") };
    await this.#running;
  }

  async #live(life: Life, connection: Connection): Promise<void> {
    for (let round = 1; !this.#ending && this.#failure === undefined; round += 1) {
      life.weightsBytes = this.#nextBytes;
      this.#nextBytes = WEIGHTS_BYTES;
      for (const step of life.nextRound().steps) {
        if (step.what.startsWith("push")) this.pushes += 1;
        await this.#insist(step, connection);
        await pause(seeded(`pause ${life.model} ${round} ${step.what}`, 0, LONGEST_REST_MS));
      }
    }
  }

  async #insist({ what, run }: Step, connection: Connection): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_RETRY_MS)) {
      try {
        return await run(connection);
      } catch (error) {
        const isImpatient = performance.now() > deadlineMs || this.#failure !== undefined;
        if (isImpatient || !isAway(error)) throw new Error(`${what} fails: ${error}`, { cause: error });
      }
      this.retried += 1;
      await pause(pauseMs);
    }
  }
}

/** Whether trying again later is all that there is to do. */
export function isAway(error: unknown): boolean {
  return error instanceof RpcError && (error.code === "UNAVAILABLE" || error.code === "DEADLINE_EXCEEDED");
}
