import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Connection } from "@slipway/client";

const PUBLISHED = "slipway.version.published";
const REJECTED = "slipway.version.rejected";

/** Hears of published versions by their events, so that waiting for many costs the server one call. */
export class Outcomes implements AsyncDisposable {
  readonly #stopped = new AbortController();
  readonly #published = new Map<string, number>();
  readonly #waiting = new Map<string, { resolve(publishedMs: number): void; reject(error: unknown): void }>();
  readonly #watching: Promise<void>;
  #failure: unknown;

  private constructor(connection: Connection) {
    this.#watching = this.#watch(connection).catch((error: unknown) => {
      this.#failure = error;
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  /** Begins with the events that are recorded already. */
  static watch(connection: Connection): Outcomes {
    return new Outcomes(connection);
  }

  /** When the version with this uid was published, in milliseconds since 1970 by the server's clock; once per uid. */
  published(uid: string): Promise<number> {
    const publishedMs = this.#published.get(uid);
    this.#published.delete(uid);
    if (publishedMs !== undefined) return Promise.resolve(publishedMs);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiting.set(uid, { resolve, reject }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
  }

  async #watch({ events }: Connection): Promise<void> {
    const request = { types: [PUBLISHED, REJECTED] };
    for await (const { event } of events.metadata.watchEvents(request, { signal: this.#stopped.signal })) {
      if (event?.time === undefined) continue;
      if (event.type === REJECTED) throw new Error(`${event.subject} was rejected.`);
      const waiting = this.#waiting.get(event.subjectUid);
      this.#waiting.delete(event.subjectUid);
      if (waiting === undefined) this.#published.set(event.subjectUid, timestampMs(event.time));
      else waiting.resolve(timestampMs(event.time));
    }
  }
}
