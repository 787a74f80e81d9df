import { randomUUID } from "node:crypto";
import {
  type CollectionDefinition,
  type CommitOutcome,
  type DocumentStore,
  DocumentStoreError,
  type Write,
} from "@slipway/documents";
import { expect } from "chai";

export const things: CollectionDefinition = {
  name: "things",
  formatVersion: 1,
  upgrade: (body) => body,
  project: ({ pair }) => ({ terms: [`pair=${String(pair)}`], numbers: { rank: 1 } }),
};

const tenant = "0198c0de-0000-7000-8000-000000000001";

/** Longer than any test may take, so that nobody goes on asking a store that was closed behind it. */
const PATIENCE_MS = 180_000;

interface Sent {
  pair: string;
  commitId: string;
  outcome: CommitOutcome | undefined;
}

/**
 * Commits pairs of documents from several callers while something happens to the server. A commit without a reply is
 * asked for again under its id until it has one.
 */
export class CommitHistory {
  readonly #documents: DocumentStore;
  readonly #sent: Sent[] = [];
  #ending = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  begin(callers: number): void {
    this.#running = Promise.all(Array.from({ length: callers }, () => this.#commitMany()));
  }

  /** How many commits have been acknowledged. */
  get acknowledged(): number {
    return this.#sent.filter(({ outcome }) => outcome).length;
  }

  /** Waits for that many more acknowledgements. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged + count;
    while (this.acknowledged < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Ends the callers, each after its commit has an outcome. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#running;
  }

  /** Every pair is there once, whole and found, and asking again gives the same outcome. */
  async assertWhole(documents: DocumentStore): Promise<void> {
    for (const { pair, commitId, outcome } of this.#sent) {
      const keys = writesOf(pair).map(({ key }) => key);
      const found = await documents.getMany(keys);
      expect(
        found.map((document) => document?.revision),
        `${pair} was acknowledged`,
      ).to.deep.equal([1, 1]);
      const query = { tenant, collection: things.name, filter: { term: `pair=${pair}` } };
      expect(await documents.count(query, 10), `index of ${pair}`).to.equal(2);
      expect(await documents.commit(writesOf(pair), commitId)).to.deep.equal(outcome);
    }
  }

  async #commitMany(): Promise<void> {
    while (!this.#ending) {
      const sent: Sent = { pair: randomUUID(), commitId: randomUUID(), outcome: undefined };
      this.#sent.push(sent);
      const startMs = performance.now();
      while (sent.outcome === undefined) {
        try {
          sent.outcome = await this.#documents.commit(writesOf(sent.pair), sent.commitId);
        } catch (error) {
          const isAway = error instanceof DocumentStoreError && error.kind === "UNAVAILABLE";
          if (!isAway || performance.now() - startMs > PATIENCE_MS) throw error;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    }
  }
}

function writesOf(pair: string): Write[] {
  const key = (side: string) => ({ tenant, collection: things.name, id: `${pair}-${side}` });
  return ["left", "right"].map((side) => ({ kind: "insert", key: key(side), body: { pair, side } }));
}
