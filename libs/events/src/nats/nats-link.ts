import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type Backoff, createBackoff, type Logger, WakeSignal } from "@slipway/runtime";
import { EventStream } from "./event-stream.ts";
import { explain } from "./explain.ts";
import type { NatsLocation } from "./nats-location.ts";

const CONNECT_TIMEOUT_MS = 2_000;
/** Two unanswered pings end a connection: one over which nothing comes is noticed within some six seconds. */
const PING_MS = 2_000;
/** Of each request: publishing goes on in the background, and gives up on a server that hangs after this time. */
const REQUEST_TIMEOUT_MS = 1_000;
/** How often to look whether the stream is still there, so that an idle installation has it when somebody looks. */
const LOOK_MS = 30_000;
const BACKOFF = { initialMs: 100, maxMs: 2_000, random: Math.random };

export interface NatsLinkOptions {
  location: NatsLocation;
  /** Called on every new connection before it is used. */
  onConnect(connection: NatsConnection): void;
  log: Logger;
}

/** Keeps one connection to NATS and the stream of events, through every failure. */
export class NatsLink {
  readonly #options: NatsLinkOptions;
  readonly #stopping = new AbortController();
  readonly #signal = new WakeSignal();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  #stream: EventStream | undefined;
  #isThere = false;
  /** Why the last look at NATS and the last sending failed; undefined after a success. */
  #problems: { looking?: string | undefined; sending?: string | undefined };

  constructor(options: NatsLinkOptions) {
    this.#options = options;
    this.#problems = { looking: `the NATS server at ${options.location.name} has not answered yet` };
    this.#running = this.#run();
  }

  /** The connection while there is one; the stream may be missing all the same. */
  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  /** The stream while it is there; undefined while it is not, or while it is not known. */
  get stream(): EventStream | undefined {
    return this.#isThere ? this.#stream : undefined;
  }

  /** What is missing, in words for an operator; undefined while all serves. */
  get missing(): string | undefined {
    return this.#problems.looking ?? this.#problems.sending;
  }

  /** What became of sending into the stream; after an error nothing is sent until the stream has been looked at again. */
  note(error: unknown): void {
    this.#report({ sending: this.#explain(error) });
    if (error === undefined) return;
    this.#isThere = false;
    this.#signal.wake();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    const backoff = createBackoff(BACKOFF);
    while (!stopping.aborted) {
      try {
        await this.#hold(await this.#connect(), backoff);
      } catch (error) {
        this.#report({ looking: this.#explain(error) });
      }
      await this.#signal.wait(backoff.nextMs(), stopping);
    }
  }

  /** Reconnecting is left to `#run`, which also notices new credentials, other servers and a stream that is gone. */
  #connect(): Promise<NatsConnection> {
    const { location } = this.#options;
    return connect({
      ...location.options,
      name: "slipway",
      timeout: CONNECT_TIMEOUT_MS,
      reconnect: false,
      noEcho: true, // the own subscribers are woken without a detour
      pingInterval: PING_MS,
      maxPingOut: 2,
    });
  }

  /** Resolves when the connection has ended, which is an error unless it was ended here. */
  async #hold(connection: NatsConnection, backoff: Backoff): Promise<void> {
    const stopping = this.#stopping.signal;
    if (stopping.aborted) return connection.close();
    this.#connection = connection;
    this.#stream = new EventStream(connection, REQUEST_TIMEOUT_MS);
    this.#options.onConnect(connection);
    let isOpen = true;
    const ended = connection.closed().then((error) => {
      isOpen = false;
      this.#connection = undefined;
      this.#isThere = false;
      this.#signal.wake();
      return error;
    });
    while (isOpen && !stopping.aborted) {
      const problem: unknown = await this.#stream.ensure().catch((error: unknown) => error);
      if (!isOpen) break;
      this.#isThere = problem === undefined;
      this.#report({ looking: this.#explain(problem) });
      if (this.#isThere) backoff.reset();
      await this.#signal.wait(this.#isThere ? LOOK_MS : backoff.nextMs(), stopping);
    }
    const error = await ended;
    if (!stopping.aborted) throw error ?? new Error("the connection was closed");
  }

  #explain(error: unknown): string | undefined {
    return error === undefined ? undefined : explain(this.#options.location.name, error);
  }

  #report(problems: { looking: string | undefined } | { sending: string | undefined }): void {
    const before = this.missing;
    this.#problems = { ...this.#problems, ...problems };
    const { log } = this.#options;
    if (this.missing === before || this.#stopping.signal.aborted) return;
    if (this.missing === undefined) log.info({}, "NATS serves");
    else log.warn({ missing: this.missing }, "NATS does not serve");
  }
}
