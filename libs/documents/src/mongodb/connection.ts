import { createBackoff, type Logger, sleep } from "@slipway/runtime";
import { MongoClient, type MongoClientOptions, type TopologyDescriptionChangedEvent } from "mongodb";
import { DocumentStoreError } from "../document-store.ts";
import { diagnose } from "./diagnose.ts";
import { failOnEndedSockets } from "./ended-sockets.ts";
import { failureOf, wrongSetting } from "./mongo-failure.ts";

/**
 * How soon a server that is away is noticed: a call waits a second for a primary, which bridges most elections, and a
 * server that has stopped answering loses its connections after two heartbeats.
 */
const OPTIONS = {
  serverSelectionTimeoutMS: 1000,
  connectTimeoutMS: 2000,
  heartbeatFrequencyMS: 1000,
  minHeartbeatFrequencyMS: 500,
  waitQueueTimeoutMS: 5000,
  socketTimeoutMS: 30_000,
  maxPoolSize: 64,
  readPreference: "primary",
  writeConcern: { w: "majority", journal: true },
} as const satisfies MongoClientOptions;

failOnEndedSockets();

/** Between attempts to prepare the database. */
const RETRY = { initialMs: 100, maxMs: 3000, random: Math.random };

/** The way to a database: prepares it as soon as it is there, and says what it waits for. */
export class MongoConnection {
  readonly client: MongoClient;
  readonly #url: string;
  readonly #options: MongoClientOptions;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #prepared = false;
  /** Why nothing can be asked: of the preparation, or since a primary was last seen. */
  #problem: { words: string; error: DocumentStoreError } | undefined = problemOf("MongoDB was not reached yet");
  #preparing: Promise<void> | undefined;

  /** @throws DocumentStoreError INVALID for an address that is none */
  constructor(url: string, appName: string, log: Logger) {
    this.#url = url;
    this.#log = log;
    try {
      // The path of the address begins the names of databases; users are kept in `admin` unless it says otherwise.
      // An address may name several hosts, which no URL does.
      const hasUser = /^[^:]+:\/\/[^/]*@/.test(url);
      const authSource = hasUser && !/[?&]authSource=/i.test(url) ? { authSource: "admin" } : {};
      this.#options = { ...OPTIONS, ...authSource, appName };
      this.client = new MongoClient(url, this.#options);
    } catch (error) {
      throw new DocumentStoreError("INVALID", "the address of MongoDB cannot be read", { cause: error });
    }
    this.client.on("topologyDescriptionChanged", (event) => this.#follow(event));
  }

  /**
   * Prepares the database, now and, where it is away, again in the background until it has succeeded.
   * Resolves after the first attempt, which takes a few seconds at most where nobody answers.
   * @throws DocumentStoreError that no waiting heals: NEWER_FORMAT, INVALID
   */
  async open(prepare: () => Promise<void>): Promise<void> {
    await this.#attempt(prepare);
    if (this.#prepared) return;
    if (this.#problem && this.#problem.error.kind !== "UNAVAILABLE") {
      await this.close();
      throw this.#problem.error;
    }
    this.#preparing = this.#keepTrying(prepare);
  }

  /** @throws DocumentStoreError where it cannot be asked */
  assertPrepared(): void {
    if (!this.#prepared && this.#problem) throw this.#problem.error;
  }

  /** In words for an operator; empty when it serves. */
  missing(): string[] {
    return this.#problem ? [this.#problem.words] : [];
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#preparing;
    await this.client.close();
  }

  async #keepTrying(prepare: () => Promise<void>): Promise<void> {
    const backoff = createBackoff(RETRY);
    while (!this.#prepared) {
      try {
        await sleep(backoff.nextMs(), this.#stopping.signal);
      } catch {
        return; // closed meanwhile
      }
      await this.#attempt(prepare);
    }
  }

  async #attempt(prepare: () => Promise<void>): Promise<void> {
    try {
      // The driver never comes back by itself from a first connection that failed.
      await this.client.connect();
      await assertReplicaSet(this.client);
      await prepare();
      this.#prepared = true;
      this.#say(undefined);
    } catch (error) {
      const failure = failureOf(error);
      const known = failure.kind === "UNAVAILABLE" ? wrongSetting(error) : failure.message;
      this.#say(problemOf(known ?? (await diagnose(this.#url, this.#options)), failure));
    }
  }

  /** Once prepared, the driver says when a primary goes and comes. */
  #follow({ newDescription }: TopologyDescriptionChangedEvent): void {
    if (!this.#prepared || this.#stopping.signal.aborted) return;
    const servers = [...newDescription.servers.values()];
    const serves = servers.some(({ type }) => type === "RSPrimary" || type === "Mongos");
    const addresses = servers.map(({ address }) => address).join(", ");
    this.#say(serves ? undefined : problemOf(`MongoDB at ${addresses || "its address"}: no primary can be reached`));
  }

  #say(problem: { words: string; error: DocumentStoreError } | undefined): void {
    if (problem && problem.words !== this.#problem?.words)
      this.#log.warn({ missing: problem.words }, "the database is away");
    if (!problem && this.#problem) this.#log.info({}, "the database is there");
    this.#problem = problem;
  }
}

/** @throws DocumentStoreError UNAVAILABLE where it has no transactions */
async function assertReplicaSet(client: MongoClient): Promise<void> {
  const { setName, msg } = await client.db("admin").command({ hello: 1 });
  const router = msg === "isdbgrid";
  if (setName === undefined && !router)
    throw new DocumentStoreError("UNAVAILABLE", "MongoDB runs without a replica set");
}

function problemOf(words: string, cause?: DocumentStoreError): { words: string; error: DocumentStoreError } {
  const kind = cause?.kind ?? "UNAVAILABLE";
  return { words, error: new DocumentStoreError(kind, words, cause && { cause }) };
}
